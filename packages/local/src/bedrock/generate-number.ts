type Schema = Record<string, unknown>;

/** A number inside a JSON schema's range, and a multiple of its step or of the usual one. */
export function generateNumber({ schema, random, usualStep }: { schema: Schema; random: () => number; usualStep: number }): number {
  const step = numberOr(schema.multipleOf, usualStep);
  const aboveMinimum =
    typeof schema.exclusiveMinimum === 'number' ? Math.floor(schema.exclusiveMinimum / step) + 1 : Number.NEGATIVE_INFINITY;
  const belowMaximum =
    typeof schema.exclusiveMaximum === 'number' ? Math.ceil(schema.exclusiveMaximum / step) - 1 : Number.POSITIVE_INFINITY;
  const highest = Math.min(Math.floor(numberOr(schema.maximum, Number.POSITIVE_INFINITY) / step), belowMaximum);
  const lowest = Math.max(Math.ceil(numberOr(schema.minimum, Number.NEGATIVE_INFINITY) / step), aboveMinimum);
  const from = Number.isFinite(lowest) ? lowest : Number.isFinite(highest) ? Math.min(1, highest) : 1;
  const to = Math.min(highest, from + 99);
  return (from + Math.floor(random() * (to - from + 1))) * step;
}

/** A keyword's number, or another value where it has none. */
export function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}
