import type { RouteInput } from './check-route.ts';
import { suggestName } from './closest-name.ts';
import type { Finding, PolicyPath } from './finding.ts';
import { listWords } from './list-words.ts';
import { lowestLimit } from './numeric-range.ts';
import { isMap, leavesOf } from './pattern-leaves.ts';
import type { PolicyRule } from './policy-route.ts';
import type { ResolvedTarget } from './resolve-target.ts';

type DestinationInput = {
  rule: PolicyRule;
  path: PolicyPath;
  /** Its pattern is one. */
  isValid: boolean;
};

/** Whether a rule leads to a route that can answer what the rule selects. */
export function checkDestination(input: RouteInput, { rule, path, isValid }: DestinationInput): Finding[] {
  const { name, route, parts } = input;
  const at = [...path, 'route'];
  if (rule.route === name)
    return [{ path: at, message: `is "${name}", the route of the rule itself; remove the rule, or write another route` }];
  const other = parts.routes.get(rule.route);
  if (!other) {
    const names = [...parts.routes.keys()].filter((one) => one !== name);
    return [{ path: at, message: `names the route "${rule.route}", which routes does not have${suggestName(rule.route, names)}` }];
  }
  if (route.operation !== undefined && other.operation !== undefined && route.operation !== other.operation) {
    return [
      {
        path: at,
        message: `names the route "${rule.route}" for ${other.operation}, and this route is for ${route.operation}; write a route for ${route.operation}`,
      },
    ];
  }
  return isValid ? [...checkOperation(input, rule, path), ...checkFit(input, rule, at)] : [];
}

/** A request whose operation is not that of its route is refused before any rule is asked. */
function checkOperation({ route }: RouteInput, { when }: PolicyRule, path: PolicyPath): Finding[] {
  const { operation } = route;
  const asked = when.operation;
  if (operation === undefined || !Array.isArray(asked) || asked.some((one) => isMap(one) || one === operation)) return [];
  return [
    {
      path: [...path, 'when', 'operation'],
      message: `is never ${operation}, the operation of this route: the rule never matches; remove operation, or put the rule in another route`,
    },
  ];
}

/** What a rule selects by, its route must be able to take. */
function checkFit({ placesByRoute: places, targets }: RouteInput, rule: PolicyRule, path: PolicyPath): Finding[] {
  const leaves = Object.hasOwn(rule.when, '$or') ? [] : leavesOf(rule.when, []);
  const valuesOf = (feature: string) => leaves.flatMap((leaf) => (leaf.feature === feature && Array.isArray(leaf.value) ? leaf.value : []));
  const modalities = valuesOf('inputModalities');
  const tokens = lowestLimit(valuesOf('estimatedInputTokens'));
  if (modalities.length === 0 && tokens === undefined) return [];
  const reached = (places.get(rule.route) ?? []).map(({ target }) => targets.get(target));
  const known = reached.flatMap((target) => target ?? []);
  // What is not known might take it.
  if (known.length === 0 || known.length < reached.length) return [];
  return [...checkModalities(known, { modalities, rule, path }), ...checkContext(known, { tokens, rule, path })];
}

type Selected = { rule: PolicyRule; path: PolicyPath };

function checkModalities(
  known: readonly ResolvedTarget[],
  { modalities, rule, path }: Selected & { modalities: readonly unknown[] },
): Finding[] {
  const isReadable = (one: unknown) => typeof one !== 'string' || known.some(({ inputModalities }) => inputModalities.includes(one));
  if (modalities.length === 0 || modalities.some(isReadable)) return [];
  const unread = listWords(modalities.map(String), 'or');
  return [{ path, message: `names the route "${rule.route}", of which no target reads ${unread}; write a route that does` }];
}

function checkContext(known: readonly ResolvedTarget[], { tokens, rule, path }: Selected & { tokens: number | undefined }): Finding[] {
  const most = Math.max(...known.map(({ contextTokens }) => contextTokens ?? Number.POSITIVE_INFINITY));
  if (tokens === undefined || tokens < most) return [];
  const message = `names the route "${rule.route}" for inputs of ${tokens} tokens and more, of which no target has more than ${most} tokens of context; write a route that has`;
  return [{ path, message }];
}
