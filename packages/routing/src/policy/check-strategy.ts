import type { RouteInput } from './check-route.ts';
import { closestName } from './closest-name.ts';
import { type Finding, warning } from './finding.ts';
import { listWords } from './list-words.ts';
import type { Place } from './resolve-route.ts';

/** Whether the strategy has the figures that it goes by, and stickiness something to go by. */
export function checkStrategy(input: RouteInput): Finding[] {
  return [...checkWeights(input), ...checkFigures(input), ...checkSticky(input), ...checkOperation(input)];
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

function checkFigures({ name, route: { strategy }, places, targets, measurements }: RouteInput): Finding[] {
  const candidates = places.filter(({ role }) => role === 'candidate');
  const path = ['routes', name, 'strategy'];
  if (strategy === 'lowest-cost') {
    const unpriced = candidates.filter(({ target }) => {
      const price = targets.get(target)?.price;
      return price && (price.inputPerMTokens === null || price.outputPerMTokens === null);
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

/** Operations ask for different outputs; and numbers of two embedding models mean nothing to each other. */
function checkOperation({ name, route: { operation }, places, targets }: RouteInput): Finding[] {
  if (operation === undefined) return [];
  const output = { chat: 'text', embed: 'embedding', image: 'image', video: 'video' } as const;
  const wrong = places.flatMap(({ target, path }): Finding[] => {
    const model = targets.get(target)?.model;
    if (!model || model.outputModalities.includes(output[operation])) return [];
    const message = `names "${target}", but ${model.id} gives ${listWords(model.outputModalities)}, and the route's operation is ${operation}; write a model that gives ${output[operation]}, or another operation`;
    return [{ path, message }];
  });
  const models = new Set(places.flatMap(({ target }) => targets.get(target)?.model.id ?? []));
  if (operation !== 'embed' || models.size < 2) return wrong;
  const message = `has ${models.size} models, ${listWords([...models])}: embeddings of different models cannot be compared; use one model, called in several regions`;
  return [...wrong, warning(['routes', name], message, 'key')];
}
