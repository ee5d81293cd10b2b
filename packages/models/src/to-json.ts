import type { Json } from '@signalbox/contracts';

/**
 * A value of the SDK as JSON: bytes become base64, absent members disappear, a number that the SDK keeps exact
 * becomes JSON's nearest, and a union member that this SDK does not know yet (`$unknown`) stands under its own name.
 */
export function toJson(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  if (Array.isArray(value)) return value.map(toJson);
  if (isExactNumber(value)) return Number(value.string);
  if (typeof value === 'object') return toJsonObject(value);
  return null;
}

/** The SDK reads a decimal that a double cannot hold as a `NumericValue`: the one object here that is not a plain one. */
function isExactNumber(value: unknown): value is { string: string } {
  if (typeof value !== 'object' || value === null || !('string' in value) || typeof value.string !== 'string') return false;
  return Object.getPrototypeOf(value) !== Object.prototype;
}

function toJsonObject(value: object): Json {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => toMember(name, member)));
}

function toMember(name: string, member: unknown): [string, Json] {
  if (name === '$unknown' && Array.isArray(member)) return [String(member[0]), toJson(member[1])];
  return [name, toJson(member)];
}
