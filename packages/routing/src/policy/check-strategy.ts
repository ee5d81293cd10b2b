import type { RouteInput } from './check-route.ts';
import { closestName } from './closest-name.ts';
import { type Finding, warning } from './finding.ts';
import { listWords } from './list-words.ts';
import type { Place } from './resolve-route.ts';

/** Whether the strategy has the figures that it goes by, and stickiness something to go by. */
export function checkStrategy(input: RouteInput): Finding[] {
  return [...checkWeights(input), ...checkFigures(input), ...checkSticky(input)];
}

function checkWeights({ route: { strategy }, places }: RouteInput): Finding[] {
  // By cost and latency, weights decide between targets that are equal.
  if (strategy !== 'static') return [];
  return places.flatMap(({ weight, path }) =>
    weight === undefined
      ? []
      : [
          warning(
            [...path.slice(0, -1), 'weight'],
            `has no effect, because the strategy is static; remove it, or write strategy: weighted`,
          ),
        ],
  );
}

function checkFigures({ name, route: { strategy, operation }, places, targets, measurements }: RouteInput): Finding[] {
  const candidates = places.filter(({ role }) => role === 'candidate');
  const path = ['routes', name, 'strategy'];
  if (strategy === 'lowest-cost') {
    const unpriced = candidates.filter(({ target }) => {
      const price = targets.get(target)?.price;
      // Vectors are not counted in tokens.
      return price && (price.inputPerMTokens === null || (price.outputPerMTokens === null && operation !== 'embed'));
    });
    const message = `is lowest-cost, and no price is known of ${namesOf(unpriced)}, so that it is tried after the others; state a price at the target`;
    return unpriced.length === 0 ? [] : [warning(path, message)];
  }
  if (strategy !== 'lowest-latency') return [];
  const unmeasured = candidates.filter(({ target }) => {
    const resolved = targets.get(target);
    return resolved && (measurements?.[target] ?? measurements?.[resolved.model.id])?.latencyMs === undefined;
  });
  const isNone = unmeasured.length === candidates.length;
  const message = isNone
    ? 'is lowest-latency, and nothing is measured yet: the order as written is used until there are figures'
    : `is lowest-latency, and no latency is measured of ${namesOf(unmeasured)}: tried after the others until there are figures`;
  return unmeasured.length === 0 ? [] : [warning(path, message)];
}

function namesOf(places: readonly Place[]): string {
  return listWords(places.map(({ target }) => `"${target}"`));
}

function checkSticky({ name, route: { stickyBy } }: RouteInput): Finding[] {
  if (stickyBy === undefined || /^(sessionId|tenant|labels\..+)$/.test(stickyBy)) return [];
  const path = ['routes', name, 'stickyBy'];
  if (/^labels\.?$/.test(stickyBy))
    return [{ path, message: `is "${stickyBy}", and a request has many labels; name one, like labels.conversation` }];
  const closest = closestName(stickyBy, ['sessionId', 'tenant']);
  const advice = closest === undefined ? 'write sessionId, tenant, or labels. and the name of a label' : `did you mean "${closest}"?`;
  return [{ path, message: `is "${stickyBy}", by which no request can be told apart; ${advice}` }];
}
