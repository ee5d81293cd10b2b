import { describe, expect, it } from 'vitest';
import { readIdempotencyKey } from './read-idempotency-key.ts';

const read = (key: string, options?: { maxLength?: number }) => readIdempotencyKey({ 'idempotency-key': key }, options);

describe('an Idempotency-Key', () => {
  it('may be absent', () => {
    expect(readIdempotencyKey({})).toBeUndefined();
  });

  it.each([
    ['key-1', 'key-1'],
    ['"key-1"', 'key-1'],
    ['a'.repeat(128), 'a'.repeat(128)],
  ])('%s is read', (text, key) => {
    expect(read(text)).toBe(key);
  });

  it.each(['', '""', '"', '-a', 'a b', 'a/b', 'é', 'a'.repeat(129), '"a'])('"%s" is refused by name', (text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ status: 400, code: 'invalid_id', parameter: 'Idempotency-Key' }));
  });

  it('of a batch leaves room for places', () => {
    expect(read('a'.repeat(124), { maxLength: 124 })).toHaveLength(124);
    expect(() => read('a'.repeat(125), { maxLength: 124 })).toThrow('1 to 124 characters');
  });
});
