import { InferenceResult } from '@signalbox/contracts';
import type { ReceivedMessage, ReplyPorts } from './producer-ports.ts';

export type ReplyOptions = {
  /** The queue's URL, or its name: `signalbox-reply-…`. */
  replyQueue: string;
  /** Ends the iteration; what was received and not yet yielded is shown again at once. */
  signal?: AbortSignal | undefined;
};

const WAIT_SECONDS = 20;
const VISIBILITY_SECONDS = 30;
const KEEP_EVERY_MS = 10_000;

/**
 * Results as they come to a reply queue. A message is deleted when the next one is asked for; until then it is kept hidden from other
 * readers, and when the loop ends by `break` or an error it is shown again. So each result comes at least once: take a second one of the
 * same id for the first.
 */
export async function* readReplies(
  ports: ReplyPorts,
  { replyQueue, signal }: ReplyOptions,
): AsyncGenerator<InferenceResult, void, undefined> {
  const queueUrl = /^https?:/.test(replyQueue) ? replyQueue : await ports.urlOf(replyQueue);
  while (!signal?.aborted) {
    const messages = await receive(ports, queueUrl, signal);
    const held = new Set(messages.map(({ receipt }) => receipt));
    const keeper = keepHidden(ports, queueUrl, held);
    try {
      for (const message of messages) {
        if (signal?.aborted) return;
        keeper.check();
        const result = readResult(message);
        if (result) {
          yield result;
          await ports.delete(queueUrl, message.receipt);
        }
        held.delete(message.receipt);
      }
    } finally {
      keeper.stop();
      if (held.size > 0) await ports.hide(queueUrl, [...held], 0);
    }
  }
}

async function receive(ports: ReplyPorts, queueUrl: string, signal: AbortSignal | undefined): Promise<ReceivedMessage[]> {
  try {
    return await ports.receive(queueUrl, { waitSeconds: WAIT_SECONDS, visibilitySeconds: VISIBILITY_SECONDS, signal });
  } catch (error) {
    if (signal?.aborted) return [];
    throw error;
  }
}

/** Undefined, with a warning, for what is no result: it stays on the queue for whoever it is meant for. */
function readResult({ body, messageId }: ReceivedMessage): InferenceResult | undefined {
  const parsed = InferenceResult.safeParse(parseJson(body));
  if (parsed.success) return parsed.data;
  process.emitWarning(`The message ${messageId} of the reply queue is no result and was left there.`, 'SignalboxWarning');
  return undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is no result: the caller says so.
    return undefined;
  }
}

/** Extends the visibility of what is held; a failure to do so is thrown by the next `check`, for the messages may be read twice. */
function keepHidden(ports: ReplyPorts, queueUrl: string, held: ReadonlySet<string>) {
  let failure: { error: unknown } | undefined;
  const timer = setInterval(() => {
    if (held.size === 0) return;
    ports.hide(queueUrl, [...held], VISIBILITY_SECONDS).catch((error: unknown) => {
      failure = { error };
    });
  }, KEEP_EVERY_MS);
  timer.unref();
  return {
    stop: () => clearInterval(timer),
    check: () => {
      if (failure) throw failure.error;
    },
  };
}
