import { logger } from '@signalbox/runtime';
import { connectJudge } from '../adapters/connect-judge.ts';
import { createHoldTarget, type HoldAnswer } from '../hold-target.ts';

const { ports, judge } = connectJudge();
const holdTarget = createHoldTarget({ ...ports, judge: () => judge({ isForced: true }) });

/** Called by operators through Lambda's API: who may, is IAM's to say. */
export async function handler(command: unknown): Promise<HoldAnswer> {
  const answer = await holdTarget(command);
  if ('error' in answer) logger.warn('A hold was refused', { reason: answer.error });
  return answer;
}
