import type { Bucket } from './health/index.ts';
import type { CounterStore } from './ports.ts';

/** Older buckets change only by what is told late: they are read anew once in so long. The slow window is always read. */
const FRESH_MS = 180_000;
const READ_ALL_EVERY_MS = 60_000;

type Remembered = { buckets: ReadonlyMap<number, Bucket>; from: number; readAllAt: number };

/** Spares most of the reading: a quarter of an hour of a target is ninety rows, of which few still change. */
export function rememberBuckets({
  counters,
  now: clock,
}: {
  counters: Pick<CounterStore, 'read'>;
  now: () => number;
}): Pick<CounterStore, 'read'> {
  const remembered = new Map<string, Remembered>();

  function isUsable(key: string, from: number, now: number): boolean {
    const known = remembered.get(key);
    return known !== undefined && known.from <= from && now - known.readAllAt < READ_ALL_EVERY_MS;
  }

  function update(key: string, buckets: readonly Bucket[], { from, now, isAll }: { from: number; now: number; isAll: boolean }): Bucket[] {
    const known = isAll ? undefined : remembered.get(key);
    const older = [...(known?.buckets.values() ?? [])].filter(({ bucketStart }) => bucketStart >= from);
    const merged = new Map([...older, ...buckets].map((bucket) => [bucket.bucketStart, bucket]));
    remembered.set(key, { buckets: merged, from: known?.from ?? from, readAllAt: known?.readAllAt ?? now });
    return [...merged.values()];
  }

  return {
    async read(keys, from) {
      const now = clock();
      const known = keys.filter((key) => isUsable(key, from, now));
      const unknown = keys.filter((key) => !known.includes(key));
      const [fresh, all] = await Promise.all([counters.read(known, Math.max(from, now - FRESH_MS)), counters.read(unknown, from)]);
      for (const key of remembered.keys()) if (!keys.includes(key)) remembered.delete(key);
      const read = [
        ...known.map((key) => [key, update(key, fresh.get(key) ?? [], { from, now, isAll: false })] as const),
        ...unknown.map((key) => [key, update(key, all.get(key) ?? [], { from, now, isAll: true })] as const),
      ];
      return new Map(read.filter(([, buckets]) => buckets.length > 0));
    },
  };
}
