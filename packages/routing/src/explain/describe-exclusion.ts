import type { Requirements, Route, RoutingTable, RoutingTarget } from '@signalbox/contracts';
import type { RequestFeatures } from '../features/request-features.ts';
import { type Asked, estimatedCostAt, outputTokensAt } from '../plan/estimate.ts';
import { knowsLanguage } from '../plan/find-exclusion.ts';
import type { ExclusionReason } from '../plan/planned-target.ts';
import { prepareRoute } from '../plan/prepare-route.ts';
import type { PreparedTarget } from '../plan/prepare-target.ts';
import { formatNumber, formatTokens, formatUsd } from './format-figures.ts';

export type ExclusionInput = {
  reason: ExclusionReason;
  /** Id of the excluded target. */
  target: string;
  request: RequestFeatures;
  table: RoutingTable;
  /** The route that was planned. */
  route: Route;
  /** Id of the target in the first place; asked for `price-ceiling`. */
  first?: string | undefined;
};

type Excluded = {
  prepared: PreparedTarget;
  target: RoutingTarget;
  asked: Asked;
  requirements: Requirements;
  first: RoutingTarget | undefined;
};

/** Why a target of the route was left out, in words with the figures: to be read after its name. */
export function describeExclusion({ reason, target: id, request, table, route, first }: ExclusionInput): string {
  const { tiers, fallbacks } = prepareRoute(table, route);
  const prepared = [...tiers.flat(), ...fallbacks].find(({ target }) => target.id === id);
  if (!prepared) throw new Error(`Routing table ${table.version}: route "${route.name}" has no target "${id}" that it could exclude`);
  const asked = { request, route };
  const requirements = request.requirements ?? {};
  const firstTarget = first === undefined ? undefined : table.targets[first];
  return WORDS[reason]({ prepared, target: prepared.target, asked, requirements, first: firstTarget });
}

const WORDS: Record<ExclusionReason, (excluded: Excluded) => string> = {
  'lower-class': ({ target, prepared }) =>
    `its class "${target.class}" is below "${prepared.degraded?.from}", the lowest of the route's candidates, and the request says degrade: never`,
  'input-modality': ({ target, asked, requirements }) => {
    const needed = new Set([...asked.request.inputModalities, ...(requirements.inputModalities ?? [])]);
    return `does not read ${listMissing([...needed], target.inputModalities)}; it reads ${list(target.inputModalities)}`;
  },
  capability: ({ target, requirements }) =>
    `lacks ${listMissing(requirements.capabilities, target.capabilities)}; it has ${list(target.capabilities)}`,
  language: ({ target: { languages: known = [] }, requirements }) => {
    const missing = requirements.languages?.filter((language) => !knowsLanguage(known, language)) ?? [];
    return `is not said to know ${list(missing)}; it knows ${list(known)}`;
  },
  'context-tokens': describeContext,
  region: ({ prepared, requirements }) => `${describeRegions(prepared)}; the request allows ${list(requirements.regions ?? [])} alone`,
  residency: ({ prepared, asked }) => `${describeRegions(prepared)}; the route allows ${list(asked.route.residency ?? [])} alone`,
  quality: ({ target, requirements }) =>
    `its measured quality ${formatNumber(target.measured?.quality ?? 0)} is below minQuality ${formatNumber(requirements.minQuality ?? 0)}`,
  'quality-unknown': ({ requirements }) =>
    `its quality was never measured, so minQuality ${formatNumber(requirements.minQuality ?? 0)} cannot be promised`,
  cost: ({ target, asked, requirements }) =>
    `would cost up to ${describeCost(target, asked)}, more than maxCostUsd ${formatUsd(requirements.maxCostUsd ?? 0)}`,
  'price-unknown': ({ requirements }) =>
    `its price is unknown, so maxCostUsd ${formatUsd(requirements.maxCostUsd ?? 0)} cannot be promised`,
  'price-ceiling': describeCeiling,
};

function describeContext({ target, asked, requirements }: Excluded): string {
  const has = target.contextTokens ?? 0;
  const { minContextTokens = 0 } = requirements;
  if (minContextTokens > has) return `needs ${formatTokens(minContextTokens)} tokens of context, has ${formatTokens(has)}`;
  const input = asked.request.estimatedInputTokens;
  const output = outputTokensAt(target, asked);
  const parts = `${formatTokens(input)} of input by estimate and ${formatTokens(output)} of output`;
  return `needs about ${formatTokens(input + output)} tokens of context, ${parts}, has ${formatTokens(has)}`;
}

function describeCeiling({ target, asked, first }: Excluded): string {
  const ceiling = formatNumber(asked.route.priceCeiling ?? 1);
  const cost = estimatedCostAt(target, asked);
  const firstCost = first && estimatedCostAt(first, asked);
  if (!first || cost === null || !firstCost)
    return `costs more than ${ceiling} times what the first choice costs, the route's price ceiling`;
  const times = formatNumber(cost / firstCost);
  return `would cost up to ${formatUsd(cost)}, ${times} times the ${formatUsd(firstCost)} of ${first.id}, which is asked first; the route's price ceiling is ${ceiling} times`;
}

function describeCost(target: RoutingTarget, asked: Asked): string {
  const cost = estimatedCostAt(target, asked);
  return cost === null ? 'an unknown amount' : formatUsd(cost);
}

function describeRegions({ regions }: PreparedTarget): string {
  return regions ? `may process content in ${list(regions)}` : 'may process content in any region, or nobody has stated in which';
}

function listMissing(wanted: readonly string[] | undefined, given: readonly string[]): string {
  return list(wanted?.filter((one) => !given.includes(one)) ?? []);
}

function list(words: readonly string[]): string {
  return words.length > 0 ? words.join(', ') : 'nothing';
}
