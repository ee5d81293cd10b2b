import { addUsage, NO_USAGE, type UsageCount } from './usage-count.ts';
import { type UsageGroup, usageDay } from './usage-items.ts';

/** What became of the calls of one request, or of one receive of it. */
export type UsageRecord = {
  tenant: string;
  route: string;
  labels?: Readonly<Record<string, string>> | undefined;
  /** 1 when the request ended by it, 0 when it will come again. */
  requests: 0 | 1;
  inputTokens: number;
  outputTokens: number;
  /** Null when a price or a usage is not known. */
  usd: number | null;
};

/** Adds to the counters of a day; rejects when they could not be reached. */
export type AddUsage = (added: {
  tenant: string;
  day: string;
  group: UsageGroup;
  counts: ReadonlyMap<string, UsageCount>;
}) => Promise<void>;

export type UsageMeter = {
  count(record: UsageRecord): void;
  /** Writes what was counted: one write per tenant, and one per label name. Never rejects: what could not be written is tried again with the next. */
  flush(): Promise<void>;
};

/** Values of a label that one process counts apart in a day. Labels are for teams and projects; one that differs with each request would make items of a megabyte. */
const MOST_VALUES = 50;
/** Label names, likewise. */
const MOST_NAMES = 10;
/** Where the values beyond are counted. */
export const OTHER_VALUES = '(other)';

type Sheet = { tenant: string; day: string; group: UsageGroup; counts: Map<string, UsageCount> };

/** Counts usage and cost per tenant, route and label in memory, and writes the sums. */
export function createUsageMeter({
  add,
  now = Date.now,
  onError,
}: {
  add: AddUsage;
  now?: () => number;
  onError: (error: unknown) => void;
}): UsageMeter {
  let sheets = new Map<string, Sheet>();
  const vocabulary = createVocabulary();

  function note(tenant: string, group: UsageGroup, value: string, usage: UsageCount): void {
    const day = usageDay(now());
    const key = JSON.stringify([tenant, day, group]);
    const sheet = sheets.get(key) ?? { tenant, day, group, counts: new Map() };
    sheet.counts.set(value, addUsage(sheet.counts.get(value) ?? NO_USAGE, usage));
    sheets.set(key, sheet);
  }

  function putBack(sheet: Sheet): void {
    const key = JSON.stringify([sheet.tenant, sheet.day, sheet.group]);
    const known = sheets.get(key) ?? { ...sheet, counts: new Map<string, UsageCount>() };
    for (const [value, usage] of sheet.counts) known.counts.set(value, addUsage(known.counts.get(value) ?? NO_USAGE, usage));
    sheets.set(key, known);
  }

  return {
    count({ tenant, route, labels = {}, requests, inputTokens, outputTokens, usd }) {
      const usage = { requests, inputTokens, outputTokens, nanoUsd: Math.round((usd ?? 0) * 1e9), unpriced: usd === null ? 1 : 0 };
      if (isNothing(usage)) return;
      note(tenant, { by: 'route' }, route, usage);
      for (const [name, value] of Object.entries(labels)) {
        const known = vocabulary(`${tenant} ${usageDay(now())}`, name, value);
        if (known !== undefined) note(tenant, { by: 'label', name }, known, usage);
      }
    },
    async flush() {
      const written = [...sheets.values()];
      sheets = new Map();
      await Promise.all(
        written.map((sheet) =>
          add(sheet).catch((error: unknown) => {
            putBack(sheet);
            onError(error);
          }),
        ),
      );
    },
  };
}

function isNothing({ requests, inputTokens, outputTokens, nanoUsd, unpriced }: UsageCount): boolean {
  return requests + inputTokens + outputTokens + nanoUsd + unpriced === 0;
}

/** Gives the value under which a label's value is counted; undefined for a name too many. It forgets with the day. */
function createVocabulary() {
  let days = new Map<string, Map<string, Set<string>>>();
  return (tenantAndDay: string, name: string, value: string): string | undefined => {
    if (days.size > 1_000) days = new Map();
    const names = days.get(tenantAndDay) ?? new Map<string, Set<string>>();
    days.set(tenantAndDay, names);
    const values = names.get(name) ?? (names.size < MOST_NAMES ? new Set<string>() : undefined);
    if (!values) return undefined;
    names.set(name, values);
    if (!values.has(value) && values.size >= MOST_VALUES) return OTHER_VALUES;
    values.add(value);
    return value;
  };
}
