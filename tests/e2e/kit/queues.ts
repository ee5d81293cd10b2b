import { setTimeout as sleep } from 'node:timers/promises';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { StackFile } from '@signalbox/contracts';

const LANES = ['interactive', 'standard', 'bulk'] as const;
const COUNTS = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible', 'ApproximateNumberOfMessagesDelayed'] as const;

/** Messages that no worker has settled yet, waiting or in somebody's hands. */
async function unsettled(sqs: SQSClient, { queues }: StackFile): Promise<number> {
  const counts = await Promise.all(
    LANES.map(async (lane) => {
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: queues[lane], AttributeNames: [...COUNTS] }));
      return COUNTS.reduce((sum, name) => sum + Number(Attributes?.[name] ?? 0), 0);
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Waits until the workers have settled every message: what follows changes nothing any more. */
export async function untilSettled(sqs: SQSClient, stack: StackFile, withinMs: number): Promise<void> {
  const endsAt = Date.now() + withinMs;
  for (let quiet = 0; quiet < 3; await sleep(300)) {
    const left = await unsettled(sqs, stack);
    quiet = left === 0 ? quiet + 1 : 0;
    if (Date.now() > endsAt) throw new Error(`${left} messages are not settled within ${withinMs} ms`);
  }
}
