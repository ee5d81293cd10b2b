/** Kept back for recording and telling. */
const RESERVED_MS = 8_000;
/** What a call gets that asks for no time: the clients of OpenAI's API wait ten minutes, people do not. */
const DEFAULT_TOTAL_MS = 120_000;
/** An attempt is not begun with less than a second left, and some of this goes by before. */
const MIN_TOTAL_MS = 1_500;

type Times = {
  /** Milliseconds since the epoch. */
  now: number;
  /** Until the invocation ends, milliseconds. */
  remainingMs: number;
  /** What the caller asked for, milliseconds. */
  timeoutMs?: number | undefined;
};

/** When a call must be over, milliseconds since the epoch: as its caller asked, and never later than this process can hold it. */
export function endsAtOf({ now, remainingMs, timeoutMs = DEFAULT_TOTAL_MS }: Times): number {
  return now + Math.max(MIN_TOTAL_MS, Math.min(timeoutMs, remainingMs - RESERVED_MS));
}
