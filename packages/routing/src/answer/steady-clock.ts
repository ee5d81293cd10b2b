/**
 * A clock that goes on when the time of the machine is set back, and so is ahead of it from then on: what was seen a minute ago stays a
 * minute old, and what was to end in a minute ends in one. A step forward is believed: after a freeze so much time is over.
 */
export function createSteadyClock(): (now: number) => number {
  let last = Number.NEGATIVE_INFINITY;
  let aheadMs = 0;
  return (now) => {
    if (now < last) aheadMs += last - now;
    last = now;
    return now + aheadMs;
  };
}
