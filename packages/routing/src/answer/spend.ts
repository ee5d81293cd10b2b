import type { Route, RoutingTable, Usage } from '@signalbox/contracts';
import type { RequestFeatures } from '../features/request-features.ts';
import { estimatedCostAt, outputTokensAt } from '../plan/estimate.ts';
import type { StreamedAnswerResult } from './answer-result.ts';

/** The most that a request will use of its tenant's limits, each worked out when it is asked for. */
export function estimateSpend(
  { features, route }: { features: RequestFeatures; route: Route },
  table: Pick<RoutingTable, 'targets'>,
): { tokens: () => number; usd: () => number | null } {
  const asked = { request: features, route };
  return {
    tokens: () => features.estimatedInputTokens + outputTokensAt(undefined, asked),
    // Of the route's first choices the dearest: any of them may be asked.
    usd() {
      const targets = route.candidates.flatMap(({ target }) => table.targets[target] ?? []);
      const costs = targets.map((target) => estimatedCostAt(target, asked)).filter((cost) => cost !== null);
      return costs.length === 0 ? null : Math.max(...costs);
    },
  };
}

/** What one receive used, over all its attempts. `usd` and `tokens` are null when they cannot be known. */
export type Spend = { inputTokens: number; outputTokens: number; tokens: number | null; usd: number | null };

export function spendOf(answer: StreamedAnswerResult): Spend {
  const usages = answer.attempts.flatMap(({ usage }) => usage ?? []);
  // An answer whose attempts carry no usage may still have its own.
  if (usages.length === 0 && answer.kind !== 'waiting' && answer.usage) usages.push(answer.usage);
  const [inputTokens, outputTokens] = [sum(usages.map(inputOf)), sum(usages.map(({ outputTokens: output }) => output))];
  const isUnknown = answer.kind === 'answered' && usages.length === 0;
  return { inputTokens, outputTokens, tokens: isUnknown ? null : inputTokens + outputTokens, usd: answer.costUsd };
}

function inputOf({ inputTokens, cacheReadTokens = 0, cacheWriteTokens = 0 }: Usage): number {
  return inputTokens + cacheReadTokens + cacheWriteTokens;
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
