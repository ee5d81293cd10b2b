export type Progress = { sent: number; bad: number; elapsedMs: number; bytesRead: number; bytesInAll: number | undefined };

const BAR_CHARACTERS = 24;
const DAY_SECONDS = 86_400;

/** One line: a bar where the size is known, what was sent, how fast, how long it takes. */
export function formatProgress({ sent, bad, elapsedMs, bytesRead, bytesInAll }: Progress): string {
  const share = bytesInAll ? Math.min(1, bytesRead / bytesInAll) : undefined;
  const perSecond = elapsedMs > 0 ? (sent / elapsedMs) * 1_000 : 0;
  const leftSeconds = share && elapsedMs > 1_000 ? ((elapsedMs / share) * (1 - share)) / 1_000 : undefined;
  const parts = [
    share === undefined ? undefined : `${bar(share)} ${String(Math.floor(share * 100)).padStart(3)}%`,
    `${formatCount(sent)} sent`,
    bad > 0 ? `${formatCount(bad)} refused` : undefined,
    perSecond >= 1 ? `${formatCount(Math.round(perSecond))}/s` : undefined,
    leftSeconds !== undefined && leftSeconds >= 1 && leftSeconds < DAY_SECONDS ? `${formatSeconds(leftSeconds)} left` : undefined,
  ];
  return parts.filter((part) => part !== undefined).join('  ');
}

/** 20000 as 20,000. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

function bar(share: number): string {
  const full = Math.floor(share * BAR_CHARACTERS);
  return `[${'#'.repeat(full)}${'-'.repeat(BAR_CHARACTERS - full)}]`;
}

function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  return whole < 3_600 ? `${Math.round(whole / 60)} min` : `${(whole / 3_600).toFixed(1)} h`;
}
