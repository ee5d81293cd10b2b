import type { CallModel, ModelCall, ModelReply } from '@signalbox/contracts';
import { failed } from '../../testing/scripted-model.ts';
import type { Sleep } from '../pause.ts';

/** What one call does: it gives its first token, then its reply; or when it is given up, `whenAborted`, unless it ignores that. */
export type TimedReply = { reply: ModelReply; takesMs: number; firstTokenMs?: number; ignoresAbort?: boolean; whenAborted?: ModelReply };
export type TimedCall = ModelCall & { at: number; index: number };

type Time = { now: () => number; sleep: Sleep };

/** A model that keeps the limits of its calls and leaves when it is aborted, as an adapter does. */
export function createTimedModel({ now, sleep }: Time, script: (call: TimedCall) => TimedReply) {
  const calls: TimedCall[] = [];
  const callModel: CallModel = async (given) => {
    const call = { ...given, at: now(), index: calls.length };
    calls.push(call);
    const { reply, takesMs, firstTokenMs, ignoresAbort, whenAborted } = script(call);
    const options = ignoresAbort ? {} : { signal: call.signal };
    const endsMs = Math.min(takesMs, call.limits.totalMs);
    try {
      if (firstTokenMs !== undefined && firstTokenMs < endsMs) {
        await sleep(firstTokenMs, undefined, options);
        call.onFirstToken?.();
      }
      await sleep(endsMs - Math.min(endsMs, firstTokenMs ?? 0), undefined, options);
    } catch (error) {
      if (!call.signal.aborted) throw error;
      return whenAborted ?? failed('cancelled', { error: 'Cancelled' });
    }
    return takesMs > call.limits.totalMs ? failed('timed-out', { error: 'AttemptTimeout' }) : reply;
  };
  return { callModel, calls };
}
