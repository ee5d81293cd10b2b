import { isDeepStrictEqual } from 'node:util';

/** The values that differ from each other, whatever the order of their keys: a record read back from the table has another than a fresh one. */
export function distinct<T>(values: readonly T[]): T[] {
  return values.filter((value, index) => values.findIndex((other) => isDeepStrictEqual(other, value)) === index);
}
