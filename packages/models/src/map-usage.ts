import type { Usage } from '@signalbox/contracts';

/** What a provider may say about tokens: any field may be missing, null or no count at all. */
type ProviderUsage = {
  inputTokens?: unknown;
  outputTokens?: unknown;
  cacheReadInputTokens?: unknown;
  cacheWriteInputTokens?: unknown;
};

/** Maps Converse's `usage`. Without both totals there is none: a made-up 0 would make a call look free. */
export function mapUsage(usage: ProviderUsage | null | undefined): Usage | undefined {
  const inputTokens = asCount(usage?.inputTokens);
  const outputTokens = asCount(usage?.outputTokens);
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  const cacheReadTokens = asCount(usage?.cacheReadInputTokens);
  const cacheWriteTokens = asCount(usage?.cacheWriteInputTokens);
  return {
    inputTokens,
    outputTokens,
    ...(cacheReadTokens !== undefined && { cacheReadTokens }),
    ...(cacheWriteTokens !== undefined && { cacheWriteTokens }),
  };
}

function asCount(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}
