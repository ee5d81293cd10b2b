import type { RouteInput } from './check-route.ts';
import { formatDuration } from './duration.ts';
import type { Finding } from './finding.ts';
import { routeLimits } from './resolve-route.ts';

/** Whether a second call can ever be made: to another target, and before the first is given up. */
export function checkHedge({ name, route, places, parts }: RouteInput): Finding[] {
  const { hedge } = route;
  if (!hedge || !parts.defaults) return [];
  const path = ['routes', name, 'hedge'];
  if (places.length === 1)
    return [{ path, message: 'asks a second target, and the route has one; add a candidate or a fallback, or remove hedge', at: 'key' }];
  const { attempt, firstToken, maxTargets } = routeLimits(route, parts.defaults);
  if (maxTargets === 1)
    return [{ path, message: 'asks a second target, and limits.maxTargets is 1; write maxTargets: 2, or remove hedge', at: 'key' }];
  const limit = [
    { words: 'the attempt', value: attempt },
    { words: 'the wait for the first token', value: firstToken },
  ].find(({ value }) => typeof value === 'number' && hedge.after >= value);
  if (!limit || typeof limit.value !== 'number') return [];
  const message = `is ${formatDuration(hedge.after)}, and ${limit.words} ends after ${formatDuration(limit.value)}: nothing would ever be asked twice; write less than ${formatDuration(limit.value)}`;
  return [{ path: [...path, 'after'], message }];
}
