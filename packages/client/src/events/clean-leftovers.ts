import { GetQueueAttributesCommand, ListQueuesCommand, ListQueueTagsCommand } from '@aws-sdk/client-sqs';
import { closeAll, type TailClients } from './tail-bus.ts';
import { isAbsent, TAIL_PREFIX } from './tail-resources.ts';

/** A tail says that it lives several times an hour. */
const LEFT_AFTER_MS = 3_600_000;

type Cleaning = TailClients & { busName: string; now: number };

/** Removes what tails left behind that crashed, or were killed, an hour ago or more; gives their names. */
export async function cleanLeftovers({ sqs, events, busName, now }: Cleaning): Promise<string[]> {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: TAIL_PREFIX }));
  const removed: string[] = [];
  for (const queueUrl of QueueUrls) {
    const name = queueUrl.slice(queueUrl.lastIndexOf('/') + 1);
    const use = await lastUse(sqs, queueUrl);
    if (use === undefined || now - use.at < LEFT_AFTER_MS) continue;
    await closeAll({ sqs, events, name, queueUrl, busName: use.busName ?? busName });
    removed.push(name);
  }
  return removed;
}

/** When a tail last said that it lives, and on which bus its rule is. Undefined when it is gone meanwhile. */
async function lastUse(sqs: TailClients['sqs'], QueueUrl: string): Promise<{ at: number; busName: string | undefined } | undefined> {
  try {
    const { Tags = {} } = await sqs.send(new ListQueueTagsCommand({ QueueUrl }));
    const busName = Tags['signalbox-bus'];
    const aliveAt = Number(Tags['signalbox-alive-at']);
    if (aliveAt > 0) return { at: aliveAt, busName };
    const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['CreatedTimestamp'] }));
    return { at: Number(Attributes.CreatedTimestamp ?? 0) * 1_000, busName };
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
