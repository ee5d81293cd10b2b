import { type InferenceRecord, type InferenceResult, type Json, MAX_INLINE_BYTES } from '@signalbox/contracts';
import { toResult, toTerminalEvent } from '@signalbox/runtime';
import { UnavailableError } from '@signalbox/runtime/errors';
import type { Ports } from './ports.ts';

type Delivering = {
  ports: Ports;
  record: InferenceRecord;
  output: { output?: string; outputKey?: string };
  replyQueue: string | undefined;
  /** A reply queue that cannot be reached is tried until then, milliseconds since the epoch. */
  giveUpReplyAt: number;
  /** The event went out in an earlier receive. */
  isTold: boolean;
};

/**
 * Sends the reply, then the event; a reply queue that is down does not hold the event back. `reply-pending`: the event is out and the reply is to
 * be tried again. Rejects with UnavailableError when the event cannot go out; both are safe to repeat.
 */
export async function deliverEnding(delivering: Delivering): Promise<'delivered' | 'reply-pending'> {
  const { ports, record, replyQueue, isTold } = delivering;
  const isPending = replyQueue !== undefined && !(await hasReplied({ ...delivering, replyQueue }));
  const event = isTold ? undefined : toTerminalEvent(record, { stage: ports.stage });
  if (event) await ports.publish(event);
  return isPending ? 'reply-pending' : 'delivered';
}

/** False when the reply is to be tried again. */
async function hasReplied({ ports, record, output, replyQueue, giveUpReplyAt }: Delivering & { replyQueue: string }): Promise<boolean> {
  try {
    await ports.queues.reply(replyQueue, await replyResult(ports, record, output));
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    if (ports.now() < giveUpReplyAt) return false;
    ports.note('error', 'A reply is given up: its queue could not be reached until the deadline. The result is readable by id.', {
      id: record.id,
      replyQueue,
    });
  }
  return true;
}

/** The result as a reply queue takes it: a link in place of an output that would not fit a message. */
async function replyResult(ports: Ports, record: InferenceRecord, { output, outputKey }: Delivering['output']): Promise<InferenceResult> {
  if (outputKey !== undefined) {
    if (record.outputBytes > MAX_INLINE_BYTES) return toResult(record, { outputUrl: await ports.outputs.link(outputKey) });
    return toResult(record, { output: await ports.outputs.read(outputKey) });
  }
  return toResult(record, output === undefined ? {} : { output: JSON.parse(output) as Json });
}
