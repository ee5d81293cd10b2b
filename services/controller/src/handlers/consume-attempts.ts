import { countOutcomes, describeError, logger, onQueue } from '@signalbox/runtime';
import { connectJudge } from '../adapters/connect-judge.ts';
import { type CountedBatch, createCountBatch } from '../count-batch.ts';
import { createKeepJudged } from '../keep-judged.ts';
import { createSeenEvents } from '../seen-events.ts';

const { ports, judge } = connectJudge();
const countBatch = createCountBatch({ ...ports, seen: createSeenEvents() });
const keepJudged = createKeepJudged({ ...ports, judge });

/** What is counted stays counted: a judgement that fails is told, and made by the next turn. */
async function judgeInTime({ isUrgent }: CountedBatch): Promise<void> {
  try {
    await (isUrgent ? keepJudged.atOnce() : keepJudged.tick());
  } catch (error) {
    logger.error('The fleet could not be judged, or not all that follows could be done; the next turn does', {
      error: describeError(error),
    });
    countOutcomes(new Map([['JudgementsFailed', 1]]));
  }
}

export const handler = onQueue({
  open: (records) => countBatch(records),
  async processRecord({ messageId }, { failures }) {
    if (failures.has(messageId)) throw failures.get(messageId);
  },
  async close(counted) {
    countOutcomes(counted.metrics);
    await judgeInTime(counted);
  },
});
