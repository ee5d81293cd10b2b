import type { Json } from '@signalbox/contracts';

/**
 * A JSON Schema without the bounds that zod writes for every integer, those of JavaScript's exact integers: they ask for nothing, and models refuse a schema
 * of an answer with any bound. Others stay, and are the model's to refuse.
 */
export function withoutIntegerBounds<Schema extends Json>(schema: Schema): Schema {
  if (Array.isArray(schema)) return schema.map(withoutIntegerBounds) as Schema;
  if (typeof schema !== 'object' || schema === null) return schema;
  const members = Object.entries(schema).filter(([name, value]) => !isEmptyBound(name, value));
  return Object.fromEntries(members.map(([name, value]) => [name, withoutIntegerBounds(value)])) as Schema;
}

function isEmptyBound(name: string, value: Json): boolean {
  return (name === 'minimum' && value === Number.MIN_SAFE_INTEGER) || (name === 'maximum' && value === Number.MAX_SAFE_INTEGER);
}
