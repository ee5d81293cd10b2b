/** Sums of fractions are not exact: five times 0.2 must be a token. */
const TOLERANCE = 1e-9;

/** Something earned little by little and spent one by one. */
export type TokenBucket = {
  /** Adds one share of a token. */
  earn: () => void;
  /** True when there is a token to take. */
  has: () => boolean;
  /** Takes a token; false when there is none. */
  take: () => boolean;
};

/** A bucket that `earn` fills by `gain` up to `cap`. */
export function createTokenBucket({ gain, cap, initial }: { gain: number; cap: number; initial: number }): TokenBucket {
  let tokens = initial;
  const has = () => tokens >= 1 - TOLERANCE;
  return {
    earn: () => {
      tokens = Math.min(cap, tokens + gain);
    },
    has,
    take: () => {
      if (!has()) return false;
      tokens = Math.max(0, tokens - 1);
      return true;
    },
  };
}
