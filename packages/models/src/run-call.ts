import type { ModelCall, ModelFailure, ModelReply } from '@signalbox/contracts';
import { makeFailure } from './make-failure.ts';
import { concludeStream, createStreamProgress, type StreamProgress, spentUsage } from './stream-answer.ts';
import { type CallWatch, type StopCause, watchCall } from './watch-call.ts';

/** What an adapter is given for one call: its clock, and where to note what has come so far. */
export type RunningCall = { watch: CallWatch; progress: StreamProgress };

/**
 * Runs a call beside its clock. Whichever ends first decides, even if the transport is deaf to the abort; `work` must not
 * reject. A caller who has left already costs no call.
 */
export async function runCall(call: ModelCall, work: (running: RunningCall) => Promise<ModelReply>): Promise<ModelReply> {
  if (call.signal.aborted) return makeFailure({ outcome: 'cancelled', error: 'Cancelled' });
  const watch = watchCall(call);
  const progress = createStreamProgress(performance.now());
  try {
    const ended = await Promise.race([work({ watch, progress }), watch.stopped]);
    if (typeof ended === 'string') return stopReply({ call, progress, cause: ended });
    const cause = watch.cause();
    return cause && ended.outcome !== 'succeeded' ? stopReply({ call, progress, cause }) : ended;
  } finally {
    watch.release();
  }
}

/** True for a call whose answer is streamed from the provider, whatever its caller is given. */
export function isStreamed({ limits, onDelta }: ModelCall): boolean {
  return onDelta !== undefined || limits.firstTokenMs !== undefined || limits.idleMs !== undefined;
}

/** What a call that we ended has come to. A stream that had given its stop reason was only waiting for the bill. */
function stopReply({ call, progress, cause }: { call: ModelCall; progress: StreamProgress; cause: StopCause }): ModelReply {
  if (cause !== 'Cancelled' && progress.assembly.isComplete) return concludeStream({ call, progress });
  const outcome: ModelFailure['outcome'] = cause === 'Cancelled' ? 'cancelled' : 'timed-out';
  return makeFailure({ outcome, error: cause, usage: spentUsage({ call, progress }), firstTokenMs: progress.firstTokenMs });
}
