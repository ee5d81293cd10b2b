import { estimateCost } from '@signalbox/catalogue/cost';
import type { Route, RoutingTarget } from '@signalbox/contracts';
import type { RequestFeatures } from '../features/request-features.ts';

/** The most that the estimate of input tokens is taken to be above the truth, as a factor; beyond it a request is clearly too long. */
const CLEARLY_OVER = 1.25;

/** A request on a route, as far as an estimate asks. */
export type Asked = { request: RequestFeatures; route: Route };

/**
 * Output tokens to reckon with: those that the call will be allowed. A target that can give fewer than are asked for is called with what
 * it can give: `maxTokens` is the most that a producer accepts, not what it needs.
 */
export function outputTokensAt(target: RoutingTarget | undefined, { request, route }: Asked): number {
  if (request.operation === 'embed') return 0;
  const wanted = request.maxTokens ?? route.maxTokens.default;
  return Math.min(wanted, route.maxTokens.cap, target?.maxOutputTokens ?? Number.POSITIVE_INFINITY);
}

/** US dollars that the request will cost at a target if it uses all its output; null when a price is unknown. */
export function estimatedCostAt(target: RoutingTarget, asked: Asked): number | null {
  const inputTokens = asked.request.estimatedInputTokens;
  return estimateCost({ inputTokens, outputTokens: outputTokensAt(target, asked), price: target.price });
}

/**
 * Whether the request could be too long for a context of so many tokens, told without estimating: in text of any length that matters a
 * token is a character or more.
 */
export function couldExceed(contextTokens: number, asked: Asked): boolean {
  return asked.request.inputCharacters + outputTokensAt(undefined, asked) > contextTokens;
}

/** Whether input and output exceed the target's context even if the estimate is as far above the truth as it may be. */
export function clearlyExceeds(target: RoutingTarget, asked: Asked): boolean {
  if (target.contextTokens === null) return false;
  return asked.request.estimatedInputTokens / CLEARLY_OVER + outputTokensAt(target, asked) > target.contextTokens;
}
