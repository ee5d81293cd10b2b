import { type InferenceRecord, type InferenceResult, type Json, MAX_INLINE_BYTES } from '@signalbox/contracts';
import { toResult, toTerminalEvent } from '@signalbox/runtime';
import { UnavailableError } from '@signalbox/runtime/errors';
import type { Ports } from './ports.ts';

type Delivering = {
  ports: Ports;
  record: InferenceRecord;
  output: { output?: string; outputKey?: string };
  replyQueue: string | undefined;
  /** A reply queue that cannot be reached holds the event back until then, milliseconds since the epoch. */
  giveUpReplyAt: number;
};

/** Sends the reply, then the event. Rejects with UnavailableError when either cannot go out now; both are safe to repeat. */
export async function deliverEnding({ ports, record, output, replyQueue, giveUpReplyAt }: Delivering): Promise<void> {
  if (replyQueue) await reply({ ports, record, output, replyQueue, giveUpReplyAt });
  const event = toTerminalEvent(record, { stage: ports.stage });
  if (event) await ports.publish(event);
}

async function reply({ ports, record, output, replyQueue, giveUpReplyAt }: Delivering & { replyQueue: string }): Promise<void> {
  try {
    await ports.queues.reply(replyQueue, await replyResult(ports, record, output));
  } catch (error) {
    if (!(error instanceof UnavailableError) || ports.now() < giveUpReplyAt) throw error;
    ports.note('error', 'A reply is given up: its queue could not be reached until the deadline. The result is readable by id.', {
      id: record.id,
      replyQueue,
    });
  }
}

/** The result as a reply queue takes it: a link in place of an output that would not fit a message. */
async function replyResult(ports: Ports, record: InferenceRecord, { output, outputKey }: Delivering['output']): Promise<InferenceResult> {
  if (outputKey !== undefined) {
    if (record.outputBytes > MAX_INLINE_BYTES) return toResult(record, { outputUrl: await ports.outputs.link(outputKey) });
    return toResult(record, { output: await ports.outputs.read(outputKey) });
  }
  return toResult(record, output === undefined ? {} : { output: JSON.parse(output) as Json });
}
