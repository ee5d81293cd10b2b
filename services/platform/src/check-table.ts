import type { Route, RoutingTable, RoutingTarget } from '@signalbox/contracts';
import { allowsEndpoint } from '@signalbox/routing/allows-endpoint';
import { checkRule } from './check-rule.ts';
import { findDuplicates } from './find-duplicates.ts';

/** What an installation lets a table use: parameters of the platform's template, which also make the IAM rights. */
export type Allowed = {
  models: readonly string[];
  regions: readonly string[];
  /** Names of SageMaker endpoints, with `*` and `?`. */
  endpoints: readonly string[];
  globalProfiles: boolean;
};

/** A problem in words, beginning with where in the table it is. */
export type TableProblem = string;

/**
 * Whether a table, read well by its schema, keeps what the compiler promises and readers rely on. A table made by hand, or by another
 * version of the compiler, comes to this gate as well.
 */
export function checkTable(table: RoutingTable, { allowed }: { allowed: Allowed }): TableProblem[] {
  return [
    ...checkClasses(table),
    ...Object.entries(table.targets).flatMap(([id, target]) => checkTarget({ id, target, table, allowed })),
    ...checkDefaultRoute(table),
    ...Object.entries(table.routes).flatMap(([name, route]) => [...checkRoute({ name, route, table }), ...checkGuardrail(route, allowed)]),
  ];
}

function checkClasses({ classes }: RoutingTable): TableProblem[] {
  return findDuplicates(classes).map((name) => `classes: "${name}" stands there twice`);
}

function checkDefaultRoute({ routes }: RoutingTable): TableProblem[] {
  return Object.hasOwn(routes, 'default') ? [] : ['routes: there is no route "default", where requests go that name none'];
}

type TargetInput = { id: string; target: RoutingTarget; table: RoutingTable; allowed: Allowed };

function checkTarget({ id, target, table, allowed }: TargetInput): TableProblem[] {
  const at = `targets.${id}`;
  const problems: TableProblem[] = [];
  if (target.id !== id) problems.push(`${at}.id: is "${target.id}", and must be its key, "${id}"`);
  if (!table.classes.includes(target.class)) problems.push(`${at}.class: "${target.class}" is not one of ${table.classes.join(', ')}`);
  return [...problems, ...checkCall({ at, target, allowed })];
}

/** What IAM lets the roles call; a server that is called by its key is no matter of theirs. */
function checkCall({ at, target, allowed }: { at: string; target: RoutingTarget; allowed: Allowed }): TableProblem[] {
  if (target.kind === 'openai') return [];
  if (target.kind === 'bedrock') {
    const problem = `${at}.model: "${target.model}" is not allowed here; add it to AllowedModels of the platform's stack`;
    return [...(allowed.models.includes(target.model) ? [] : [problem]), ...checkRegions({ at, target, allowed })];
  }
  const { modelId, region } = target;
  return [
    ...(allowsEndpoint(allowed.endpoints, modelId)
      ? []
      : [`${at}.modelId: the endpoint "${modelId}" is not allowed here; add it to AllowedEndpoints of the platform's stack`]),
    ...(allowed.regions.includes(region)
      ? []
      : [`${at}.region: ${region} is not allowed here; add it to AllowedRegions of the platform's stack`]),
  ];
}

/** Where the call is sent and, for an inference profile, everywhere it may be processed; a global profile is a right of its own. */
function checkRegions({ at, target, allowed }: { at: string; target: RoutingTarget; allowed: Allowed }): TableProblem[] {
  const { region, processingRegions, modelId } = target;
  const regions = new Set([region, ...(isGlobal(target) ? [] : (processingRegions ?? []))]);
  const outside = [...regions].filter((name) => !allowed.regions.includes(name));
  const problems = outside.map(
    (name) => `${at}: may run in ${name}, which is not allowed here; add it to AllowedRegions of the platform's stack`,
  );
  if (!isGlobal(target))
    return processingRegions === null ? [...problems, `${at}.processingRegions: nobody states where it may run`] : problems;
  const problem = `${at}.modelId: "${modelId}" is a global profile; AllowGlobalProfiles of the platform's stack allows them`;
  return allowed.globalProfiles ? problems : [...problems, problem];
}

function isGlobal({ modelId }: RoutingTarget): boolean {
  return /(?:^|\/)global\./.test(modelId);
}

type RouteInput = { name: string; route: Route; table: RoutingTable };

function checkRoute({ name, route, table }: RouteInput): TableProblem[] {
  const at = `routes.${name}`;
  const named = [...route.candidates.map(({ target }) => target), ...route.fallbacks];
  const known = named.flatMap((id) => (Object.hasOwn(table.targets, id) ? [table.targets[id] as RoutingTarget] : []));
  return [
    ...(route.name === name ? [] : [`${at}.name: is "${route.name}", and must be its key, "${name}"`]),
    ...named.filter((id) => !Object.hasOwn(table.targets, id)).map((id) => `${at}: names the target "${id}", which targets does not have`),
    ...findDuplicates(named).map((id) => `${at}: names the target "${id}" twice`),
    ...checkTiers(at, route),
    ...checkTokens(at, route, table),
    ...checkResidency({ at, residency: route.residency, targets: known }),
    ...checkSticky(at, route),
    ...findDuplicates((route.rules ?? []).map((rule) => rule.name)).map((rule) => `${at}.rules: "${rule}" stands there twice`),
    ...(route.rules ?? []).flatMap((rule, index) => checkRule({ at: `${at}.rules.${index}`, rule, route, routes: table.routes })),
  ];
}

/** An answer that a guardrail looks at must not be given away before it is whole. */
function checkGuardrail({ name, rescue, guardrail }: Route, { regions }: Allowed): TableProblem[] {
  if (!guardrail) return [];
  const at = `routes.${name}`;
  return [
    ...(rescue === 'restart' && guardrail.applies !== 'input'
      ? [`${at}.rescue: is restart, and its guardrail looks at answers, which have to be held until they are whole`]
      : []),
    ...(regions.includes(guardrail.region)
      ? []
      : [`${at}.guardrail.region: ${guardrail.region} is not allowed here; add it to AllowedRegions of the platform's stack`]),
  ];
}

/** A tier without candidates would never be passed on to. */
function checkTiers(at: string, { candidates }: Route): TableProblem[] {
  const tiers = new Set(candidates.map(({ tier = 0 }) => tier));
  const missing = [...Array(Math.max(...tiers) + 1).keys()].filter((tier) => !tiers.has(tier));
  return missing.map((tier) => `${at}.candidates: no candidate is of tier ${tier}; tiers count up from 0 without a gap`);
}

function checkTokens(at: string, { maxTokens, candidates }: Route, { targets }: RoutingTable): TableProblem[] {
  const { default: usual, cap } = maxTokens;
  const tooSmall = candidates.flatMap(({ target }) => {
    const most = Object.hasOwn(targets, target) ? targets[target]?.maxOutputTokens : undefined;
    return typeof most === 'number' && most < cap ? [`${at}.maxTokens.cap: is ${cap}, more than "${target}" can give (${most})`] : [];
  });
  return [...(usual > cap ? [`${at}.maxTokens.default: is ${usual}, more than the cap (${cap})`] : []), ...tooSmall];
}

function checkResidency({
  at,
  residency,
  targets,
}: {
  at: string;
  residency: string[] | undefined;
  targets: RoutingTarget[];
}): TableProblem[] {
  if (residency === undefined) return [];
  return targets.flatMap((target) => {
    const { id, region, processingRegions = [region] } = target;
    if (processingRegions === null) return [`${at}.residency: "${id}" may be processed in any region`];
    const outside = processingRegions.filter((where) => !residency.includes(where));
    return outside.length === 0 ? [] : [`${at}.residency: "${id}" may be processed in ${outside.join(', ')}`];
  });
}

function checkSticky(at: string, { stickyBy }: Route): TableProblem[] {
  if (stickyBy === undefined || /^(?:sessionId|tenant|labels\..+)$/.test(stickyBy)) return [];
  return [`${at}.stickyBy: "${stickyBy}" is not sessionId, tenant or labels.<name>`];
}
