/** What was used; adds up. */
export type UsageCount = {
  requests: number;
  inputTokens: number;
  outputTokens: number;
  /** Billionths of a US dollar, so that sums are exact. */
  nanoUsd: number;
  /** Times that the cost of a request's calls was not known: then `nanoUsd` is too low. */
  unpriced: number;
};

export const NO_USAGE: UsageCount = { requests: 0, inputTokens: 0, outputTokens: 0, nanoUsd: 0, unpriced: 0 };

const FIELDS = Object.keys(NO_USAGE) as (keyof UsageCount)[];

export function addUsage(one: UsageCount, other: UsageCount): UsageCount {
  return Object.fromEntries(FIELDS.map((field) => [field, one[field] + other[field]])) as UsageCount;
}

/** Attributes of an item that counts by values: `default|requests` and so on. Zeros are left out. */
export function toAttributes(counts: ReadonlyMap<string, UsageCount>): [name: string, amount: number][] {
  return [...counts].flatMap(([value, count]) =>
    FIELDS.flatMap((field): [string, number][] => (count[field] === 0 ? [] : [[`${value}|${field}`, count[field]]])),
  );
}

/** The counts of such an item, by value. Other attributes are passed over. */
export function fromAttributes(item: Readonly<Record<string, { N?: string } | undefined>>): Map<string, UsageCount> {
  const counts = new Map<string, UsageCount>();
  for (const [name, attribute] of Object.entries(item)) {
    const at = name.lastIndexOf('|');
    const field = FIELDS.find((one) => one === name.slice(at + 1));
    if (at < 0 || field === undefined || attribute?.N === undefined) continue;
    const value = name.slice(0, at);
    counts.set(value, addUsage(counts.get(value) ?? NO_USAGE, { ...NO_USAGE, [field]: Number(attribute.N) }));
  }
  return counts;
}
