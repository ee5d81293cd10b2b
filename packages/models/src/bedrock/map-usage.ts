import type { Usage } from '@signalbox/contracts';
import { asCount } from '../read-json.ts';

/** What a provider may say about tokens: any field may be missing, null or no count at all. */
type ProviderUsage = {
  inputTokens?: unknown;
  outputTokens?: unknown;
  cacheReadInputTokens?: unknown;
  cacheWriteInputTokens?: unknown;
  /** Tokens written to the cache, apart by the time that they are kept: `5m` or `1h`. */
  cacheDetails?: unknown;
};

/** Maps Converse's `usage`. Without both totals there is none: a made-up 0 would make a call look free. */
export function mapUsage(usage: ProviderUsage | null | undefined): Usage | undefined {
  const inputTokens = asCount(usage?.inputTokens);
  const outputTokens = asCount(usage?.outputTokens);
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  const cacheReadTokens = asCount(usage?.cacheReadInputTokens);
  const cacheWriteTokens = asCount(usage?.cacheWriteInputTokens);
  const cacheWrite1hTokens = countWritten(usage?.cacheDetails, '1h');
  return {
    inputTokens,
    outputTokens,
    ...(cacheReadTokens !== undefined && { cacheReadTokens }),
    ...(cacheWriteTokens !== undefined && { cacheWriteTokens }),
    ...(cacheWrite1hTokens !== undefined && { cacheWrite1hTokens }),
  };
}

/** Undefined where no detail is of that time, or one of them is no count: half a sum would be a wrong bill. */
function countWritten(details: unknown, ttl: string): number | undefined {
  if (!Array.isArray(details)) return undefined;
  const counts = details.filter((detail) => detail?.ttl === ttl).map((detail) => asCount(detail.inputTokens));
  if (counts.length === 0 || counts.includes(undefined)) return undefined;
  return asCount(counts.reduce<number>((total, count) => total + (count ?? 0), 0));
}
