/** Calls `call` at most once an interval; a call within it resolves with the last one. For what a flood of bad requests may ask for. */
export function limitCalls({ call, everyMs, now }: { call: () => Promise<void>; everyMs: number; now: () => number }): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let calledAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (now() - calledAt < everyMs) return last;
    calledAt = now();
    last = call();
    return last;
  };
}
