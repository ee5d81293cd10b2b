import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { CallModel, ModelFailure, ModelReply } from '@signalbox/contracts';
import { callConverse } from './call-converse.ts';
import { callConverseStream, concludeStream, createStreamProgress, type StreamProgress, spentUsage } from './call-converse-stream.ts';
import { type BedrockClientOptions, createBedrockClient } from './create-bedrock-client.ts';
import { makeFailure } from './make-failure.ts';
import type { BedrockCall } from './to-converse-input.ts';
import { type StopCause, watchCall } from './watch-call.ts';

/**
 * Makes the function that calls Bedrock targets. It answers with a value whatever happens: one call to the provider,
 * no retries, and an end within `limits.totalMs`.
 *
 * @example
 * const callModel = createBedrockCaller();
 * const reply = await callModel({ target, content, inferenceConfig: { maxTokens: 500 }, limits: { totalMs: 30_000 }, signal });
 */
export function createBedrockCaller(options: BedrockClientOptions = {}): CallModel {
  const clients = new Map<string, BedrockRuntimeClient>();
  const clientOf = (region: string): BedrockRuntimeClient => {
    const client = clients.get(region) ?? createBedrockClient({ ...options, region });
    clients.set(region, client);
    return client;
  };
  return async (call) => {
    if (call.signal.aborted) return makeFailure({ outcome: 'cancelled', error: 'Cancelled' });
    if (!call.content.messages) return makeFailure({ outcome: 'rejected', error: 'MissingMessages' });
    const { target } = call;
    if (target.kind !== 'bedrock') return makeFailure({ outcome: 'misconfigured', error: 'WrongAdapter' });
    return callWatched(clientOf(target.region), { ...call, target });
  };
}

/** Runs the call beside its clock. Whichever ends first decides, even if the transport is deaf to the abort. */
async function callWatched(client: BedrockRuntimeClient, call: BedrockCall): Promise<ModelReply> {
  const watch = watchCall(call);
  const progress = createStreamProgress(performance.now());
  try {
    const running = isStreamed(call)
      ? callConverseStream({ client, call, watch, progress })
      : callConverse({ client, call, signal: watch.signal });
    const ended = await Promise.race([running, watch.stopped]);
    if (typeof ended === 'string') return stopReply({ call, progress, cause: ended });
    const cause = watch.cause();
    return cause && ended.outcome !== 'succeeded' ? stopReply({ call, progress, cause }) : ended;
  } finally {
    watch.release();
  }
}

function isStreamed({ limits }: BedrockCall): boolean {
  return limits.firstTokenMs !== undefined || limits.idleMs !== undefined;
}

/** What a call that we ended has come to. A stream that had given its stop reason was only waiting for the bill. */
function stopReply({ call, progress, cause }: { call: BedrockCall; progress: StreamProgress; cause: StopCause }): ModelReply {
  if (cause !== 'Cancelled' && progress.assembly.isComplete) return concludeStream({ call, progress });
  const outcome: ModelFailure['outcome'] = cause === 'Cancelled' ? 'cancelled' : 'timed-out';
  return makeFailure({ outcome, error: cause, usage: spentUsage({ call, progress }), firstTokenMs: progress.firstTokenMs });
}
