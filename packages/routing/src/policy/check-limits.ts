import { formatDuration } from './duration.ts';
import type { Finding, PolicyPath } from './finding.ts';
import type { PolicyLimits, PolicyRoute } from './policy-route.ts';

type LimitsInput = { own: PolicyLimits | undefined; merged: PolicyLimits | undefined; path: PolicyPath };

/** Lambda ends a function after 15 minutes, and the attempt with it. */
const LONGEST_ATTEMPT_MS = 900_000;

const MEANINGS = {
  firstToken: 'no attempt could ever wait that long for its first token',
  idle: 'no attempt could ever be idle that long',
  slow: 'no attempt could ever be flagged slow',
} as const;

/** Limits that can never strike are mistakes. `own` is what this part states: what it inherits is reported where it is written. */
export function checkLimits({ own, merged, path }: LimitsInput): Finding[] {
  const attempt = merged?.attempt;
  if (attempt === undefined || !own) return [];
  if (own.attempt !== undefined && own.attempt > LONGEST_ATTEMPT_MS) return [tooLong(own.attempt, [...path, 'attempt'])];
  return (['firstToken', 'idle', 'slow'] as const).flatMap((field) => {
    const value = merged?.[field];
    const isStatedHere = own[field] !== undefined || own.attempt !== undefined;
    if (typeof value !== 'number' || value <= attempt || !isStatedHere) return [];
    const message = `is ${formatDuration(value)}, longer than the attempt (${formatDuration(attempt)}): ${MEANINGS[field]}; write at most ${formatDuration(attempt)}, or none`;
    return [{ path: [...path, field], message }];
  });
}

function tooLong(attempt: number, path: PolicyPath): Finding {
  return {
    path,
    message: `is ${formatDuration(attempt)}, longer than any function runs; write at most ${formatDuration(LONGEST_ATTEMPT_MS)}`,
  };
}

/** A default above its own cap would be lowered to it in silence. */
export function checkMaxTokens(maxTokens: PolicyRoute['maxTokens'], path: PolicyPath): Finding[] {
  if (!maxTokens || maxTokens.default <= maxTokens.cap) return [];
  const message = `is ${maxTokens.default}, more than the cap (${maxTokens.cap}); write at most ${maxTokens.cap}, or raise the cap`;
  return [{ path: [...path, 'default'], message }];
}
