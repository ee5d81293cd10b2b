type Pacing = { perSecond: number; now: () => number; sleep: (ms: number) => Promise<void> };

/** What was missed while the other side was slow is made up for, up to that; more would be a flood. */
const MOST_CATCH_UP_MS = 100;

/** Waits as long as it takes for calls to come at most that often. */
export function createPace({ perSecond, now, sleep }: Pacing): () => Promise<void> {
  const intervalMs = 1_000 / perSecond;
  let nextAt = now();
  return async () => {
    const waitMs = nextAt - now();
    if (waitMs >= 1) await sleep(waitMs);
    nextAt = Math.max(nextAt + intervalMs, now() - MOST_CATCH_UP_MS);
  };
}
