import type { ModelReply } from '@signalbox/contracts';
import { targetKey } from '@signalbox/contracts/target-key';
import type { Truth } from './invariants.ts';

/** A little more than health looks back. */
const KEPT_MS = 960_000;

type Seen = { at: number; is: keyof Truth };

/** Remembers what calls really came to, whatever is told of them: what no fault, no slow call and no refusal was may take no traffic. */
export function keepTruth(now: () => number) {
  const seen = new Map<string, Seen[]>();
  return {
    note(target: { id: string; definition: string }, reply: ModelReply, isSlow: boolean): void {
      const is = kindOf(reply, isSlow);
      if (!is) return;
      const key = targetKey(target);
      const own = seen.get(key) ?? [];
      seen.set(key, own);
      own.push({ at: now(), is });
    },
    of(key: string): Truth {
      const recent = (seen.get(key) ?? []).filter(({ at }) => at >= now() - KEPT_MS);
      seen.set(key, recent);
      const truth = { failures: 0, slow: 0, misconfigured: 0 };
      for (const { is } of recent) truth[is]++;
      return truth;
    },
  };
}

/** Said here once more, on purpose: what classes outcomes for health is under test, too. */
const FAILURES: ReadonlySet<ModelReply['outcome']> = new Set(['faulted', 'not-ready', 'timed-out', 'model-error', 'malformed']);

function kindOf({ outcome }: ModelReply, isSlow: boolean): keyof Truth | undefined {
  if (FAILURES.has(outcome)) return 'failures';
  if (outcome === 'misconfigured') return 'misconfigured';
  return isSlow && outcome === 'succeeded' ? 'slow' : undefined;
}
