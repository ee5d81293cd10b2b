import type { Price, Route, RoutingTarget } from '@signalbox/contracts';
import { type Asked, estimatedCostAt } from './estimate.ts';
import type { ExcludedTarget, Plan } from './planned-target.ts';

/** Excludes from the places after the first who is above the ceiling of who has the first. */
export function keepBelowCeiling(whole: Plan, isAbove: (target: RoutingTarget, first: RoutingTarget) => boolean): Plan {
  const [first, ...later] = whole.targets;
  if (!first) return whole;
  const above = later.filter(({ target }) => isAbove(target, first.target));
  if (above.length === 0) return whole;
  const excluded = above.map(({ target }): ExcludedTarget => ({ target: target.id, reason: 'price-ceiling' }));
  return { ...whole, targets: whole.targets.filter((one) => !above.includes(one)), excluded: [...whole.excluded, ...excluded] };
}

/** How a target's cost stands to so many times another's, whatever the request: known from the rates alone, or only with its tokens. */
export type CeilingVerdict = 'within' | 'above' | 'depends';

type Range = { lowest: number; highest: number };
type Rates = { input: Range; output: Range };
type Ceiling = { ceiling: number; route: Pick<Route, 'maxTokens'> };

/** Whether a target costs more than `ceiling` times the first one for this request. A cost that nobody knows is above nothing. */
export function isAboveCeiling(target: RoutingTarget, first: RoutingTarget, ceiling: number, asked: Asked): boolean {
  const verdict = ceilingVerdict(target.price, first.price, ceiling, outputStretch(target, first, asked.route));
  if (verdict !== 'depends') return verdict === 'above';
  const cost = estimatedCostAt(target, asked);
  const firstCost = estimatedCostAt(first, asked);
  return cost !== null && firstCost !== null && cost > ceiling * firstCost;
}

/**
 * A ratio of costs lies between the ratio for input and the one for output; when both are on one side of the ceiling the tokens need not
 * be estimated, which would take longer than the rest of the plan. `stretch` is from `outputStretch`; 1 says that both give as much.
 */
export function ceilingVerdict(price: Price, firstPrice: Price, ceiling: number, stretch = 1): CeilingVerdict {
  const rates = ratesOf(price);
  const firstRates = ratesOf(firstPrice);
  if (!rates || !firstRates) return 'depends';
  const { lowest, highest } = boundRatio(rates, firstRates, stretch);
  if (highest <= ceiling) return 'within';
  return lowest > ceiling ? 'above' : 'depends';
}

/** How much longer the longest output of a target is than that of another, by what they can give and the route lets them. */
export function outputStretch(target: RoutingTarget, first: RoutingTarget, route: Pick<Route, 'maxTokens'>): number {
  return mostOutput(target, route) / mostOutput(first, route);
}

/** True when no target can be above the ceiling of any other one. */
export function isCeilingIdle(targets: readonly RoutingTarget[], { ceiling, route }: Ceiling): boolean {
  const all = targets.map(({ price }) => ratesOf(price)).filter((rates) => rates !== undefined);
  if (all.length < targets.length) return false;
  const span = (kind: keyof Rates): Range => ({
    lowest: Math.min(...all.map((rates) => rates[kind].lowest)),
    highest: Math.max(...all.map((rates) => rates[kind].highest)),
  });
  const spans: Rates = { input: span('input'), output: span('output') };
  const outputs = targets.map((target) => mostOutput(target, route));
  return boundRatio(spans, spans, Math.max(...outputs) / Math.min(...outputs)).highest <= ceiling;
}

/** Between what two calls can stand to each other that ask the same, for a token of output or for as much as each can give. */
function boundRatio(rates: Rates, firstRates: Rates, stretch: number): Range {
  const input = divide(rates.input, firstRates.input);
  const output = divide(rates.output, firstRates.output);
  return {
    lowest: Math.min(input.lowest, output.lowest * Math.min(1, stretch)),
    highest: Math.max(input.highest, output.highest * Math.max(1, stretch)),
  };
}

function divide(range: Range, first: Range): Range {
  // Tokens that cost nothing at either, as an embedding's output, say nothing of the ratio.
  if (range.highest === 0 && first.highest === 0) return { lowest: Number.POSITIVE_INFINITY, highest: 0 };
  return { lowest: range.lowest / first.highest, highest: range.highest / first.lowest };
}

/** From the lowest to the highest, over short and long contexts; undefined when one is not known. */
function ratesOf({ inputPerMTokens, outputPerMTokens, longContext }: Price): Rates | undefined {
  const input = rangeOf(inputPerMTokens, longContext ? longContext.inputPerMTokens : inputPerMTokens);
  const output = rangeOf(outputPerMTokens, longContext ? longContext.outputPerMTokens : outputPerMTokens);
  return input && output && { input, output };
}

function rangeOf(short: number | null, long: number | null): Range | undefined {
  return short === null || long === null ? undefined : { lowest: Math.min(short, long), highest: Math.max(short, long) };
}

function mostOutput({ maxOutputTokens }: RoutingTarget, { maxTokens }: Pick<Route, 'maxTokens'>): number {
  return Math.min(maxTokens.cap, maxOutputTokens ?? Number.POSITIVE_INFINITY);
}
