/** The time of the kit's world: it passes only when a test or a sleep says so. */
export type VirtualClock = { now: number; advance(milliseconds: number): void };

/** 21 September 2026, 15:33:20 UTC; any time would do. */
export const START = 1_790_000_000_000;

export function createVirtualClock(start: number = START): VirtualClock {
  return {
    now: start,
    advance(milliseconds) {
      this.now += milliseconds;
    },
  };
}
