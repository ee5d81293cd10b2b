/** Entries of a map before the one longest untouched is forgotten: no table has so many targets, and a process that lives long sees many tables. */
const MAX_ENTRIES = 1_000;

/** A map that forgets what was not touched for longest, so that a process does not grow with the tables that it has seen. */
export function createBoundedMap<Value>(maxEntries = MAX_ENTRIES) {
  const values = new Map<string, Value>();
  /** The key touched last, which stands at the end already. */
  let latest: string | undefined;
  return {
    /** The value of a key, made when there is none. */
    get(key: string, make: () => Value): Value {
      const value = values.get(key) ?? make();
      if (key === latest && values.has(key)) return value;
      latest = key;
      values.delete(key);
      values.set(key, value);
      if (values.size > maxEntries) values.delete(values.keys().next().value ?? key);
      return value;
    },
    /** The value of a key that has one. */
    peek: (key: string): Value | undefined => values.get(key),
    delete: (key: string): boolean => values.delete(key),
    entries: (): IterableIterator<[string, Value]> => values.entries(),
    get size(): number {
      return values.size;
    },
  };
}
