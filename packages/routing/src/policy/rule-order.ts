import { isWithin, type NumericRange, rangeOf } from './numeric-range.ts';
import { isMap, leavesOf } from './pattern-leaves.ts';

type Condition = { text: string; range: NumericRange | undefined };
type Field = { key: string; conditions: readonly Condition[] };
type Indexed = { index: number; fields: ReadonlyMap<string, readonly Condition[]>; size: number };

/** Finds, for each pattern in its turn, an earlier one that takes every request which this one would take. */
export class RuleOrder {
  private readonly byCondition = new Map<string, Indexed[]>();
  private readonly byRange = new Map<string, Indexed[]>();

  /** The index of such an earlier pattern, and remembers this one. Patterns with `$or` are compared only as a whole. */
  add(index: number, pattern: unknown): number | undefined {
    const fields = fieldsOf(pattern);
    const hidden = this.findCover(fields);
    const [first] = fields;
    if (first && hidden === undefined)
      this.remember({ index, fields: new Map(fields.map(({ key, conditions }) => [key, conditions])), size: fields.length }, first);
    return hidden;
  }

  private remember(indexed: Indexed, { key, conditions }: Field): void {
    for (const { text, range } of conditions) {
      const [map, name] = range ? [this.byRange, key] : [this.byCondition, `${key} ${text}`];
      const list = map.get(name) ?? [];
      list.push(indexed);
      map.set(name, list);
    }
  }

  /** A pattern that covers this one has its own first field among the fields of this one, with one of this one's conditions. */
  private findCover(fields: readonly Field[]): number | undefined {
    const byKey = new Map(fields.map(({ key, conditions }) => [key, conditions]));
    for (const { key, conditions } of fields) {
      const [condition] = conditions;
      if (!condition) continue;
      const candidates = [
        ...(this.byCondition.get(`${key} ${condition.text}`) ?? []),
        ...((condition.range && this.byRange.get(key)) ?? []),
      ];
      const cover = candidates.find((earlier) => covers(earlier, byKey));
      if (cover) return cover.index;
    }
    return undefined;
  }
}

function covers({ fields, size }: Indexed, other: ReadonlyMap<string, readonly Condition[]>): boolean {
  if (size > other.size) return false;
  for (const [key, conditions] of fields) {
    const inner = other.get(key);
    if (!inner?.every((one) => conditions.some((outer) => includes(outer, one)))) return false;
  }
  return true;
}

function includes(outer: Condition, inner: Condition): boolean {
  if (outer.text === inner.text) return true;
  return outer.range !== undefined && inner.range !== undefined && isWithin(inner.range, outer.range);
}

/** The fields of a pattern; one with `$or` is a single field of its own. */
function fieldsOf(pattern: unknown): Field[] {
  if (!isMap(pattern)) return [];
  if (Object.hasOwn(pattern, '$or')) return [{ key: '$or', conditions: [{ text: canonical(pattern), range: undefined }] }];
  return leavesOf(pattern, []).map(({ segments, value }) => ({
    key: JSON.stringify(segments),
    conditions: (Array.isArray(value) ? value : [value]).map((one) => ({ text: canonical(one), range: rangeOf(one) })),
  }));
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    isMap(member) ? Object.fromEntries(Object.entries(member).sort(([left], [right]) => (left < right ? -1 : 1))) : member,
  );
}
