/**
 * Resolves after so many milliseconds; rejects when the signal is aborted before. `setTimeout` of `node:timers/promises` is one, as it is.
 */
export type Sleep = (milliseconds: number, value?: undefined, options?: { signal?: AbortSignal }) => Promise<unknown>;

/** Waits so long, or until the signal is aborted: the caller looks at the clock and the signal itself. */
export async function pause(sleep: Sleep, milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
