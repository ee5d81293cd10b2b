/** How far apart the calls to one target usually begin, of requests that find it open. */
export type CallPace = {
  /** A mean of the last gaps, in milliseconds; 0 until two requests have come. */
  apartMs: number;
  last: { request: string; startedAt: number } | undefined;
};

/** Weight of the latest gap: about the last four count. */
const WEIGHT = 0.25;
/** A frozen sandbox is no slow one, and nothing is held out for longer than this. */
const MAX_GAP_MS = 60_000;

export function createCallPace(): CallPace {
  return { apartMs: 0, last: undefined };
}

/** Notes the begin of a call; a second one for the same request is no new request. */
export function notePace(pace: CallPace, { request, startedAt }: { request: string; startedAt: number }): void {
  const { last } = pace;
  pace.last = { request, startedAt };
  if (!last || last.request === request) return;
  const gapMs = Math.min(MAX_GAP_MS, Math.max(0, startedAt - last.startedAt));
  pace.apartMs = pace.apartMs === 0 ? gapMs : pace.apartMs + WEIGHT * (gapMs - pace.apartMs);
}
