import { inferenceRequest } from '@signalbox/contracts/samples';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestHash } from './request-hash.ts';

const requestBody = (stated: object = {}) => ({ ...inferenceRequest, ...stated });

/** The same JSON with the keys of every object in another order. */
function permuted(value: unknown, order: (left: string, right: string) => number): unknown {
  if (Array.isArray(value)) return value.map((member) => permuted(member, order));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([left], [right]) => order(left, right));
  return Object.fromEntries(entries.map(([name, member]) => [name, permuted(member, order)]));
}

const json = fc.dictionary(fc.string(), fc.jsonValue());
const scrambled = (salt: number) => (left: string, right: string) => rank(left, salt) - rank(right, salt);

function rank(text: string, salt: number): number {
  return [...text].reduce((hash, character) => Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0, salt);
}

describe('the hash of a request', () => {
  it.each<[string, object]>([
    ['deadline', { deadline: '2026-09-22T00:00:00Z' }],
    ['priority', { priority: 'bulk' }],
    ['labels', { labels: { campaign: 'autumn' } }],
    ['no labels', { labels: undefined }],
  ])('does not change with another %s', (_, stated) => {
    expect(requestHash(requestBody(stated))).toBe(requestHash(requestBody()));
  });

  it.each<[string, object]>([
    ['message', { messages: [{ role: 'user', content: [{ text: 'Another question' }] }] }],
    ['order of messages', { messages: [{ role: 'user', content: [{ text: 'b' }, { text: 'a' }] }] }],
    ['route', { route: 'extract' }],
    ['temperature', { inferenceConfig: { maxTokens: 200, temperature: 0.1 } }],
    ['tenant', { tenant: 'acme' }],
    ['reply queue', { reply: { queue: 'reports' } }],
    ['deadline within the content', { additionalModelRequestFields: { deadline: 1 } }],
  ])('changes with another %s', (_, stated) => {
    expect(requestHash(requestBody(stated))).not.toBe(requestHash(requestBody()));
  });

  it('counts a claim check by its digest, wherever the content lies', () => {
    const hashOf = (payload: object) => requestHash(requestBody({ messages: undefined, payload }));
    expect(hashOf({ key: 'payloads/default/a', sha256: 'aa' })).toBe(hashOf({ key: 'payloads/default/b', bucket: 'x', sha256: 'aa' }));
    expect(hashOf({ key: 'payloads/default/a', sha256: 'aa' })).not.toBe(hashOf({ key: 'payloads/default/a', sha256: 'bb' }));
  });

  it('does not change with the order of keys at any depth', () => {
    fc.assert(
      fc.property(json, fc.nat(), (body, salt) => {
        expect(requestHash(permuted(body, scrambled(salt)) as object)).toBe(requestHash(body));
      }),
    );
  });

  it('is the same for two bodies only when they say the same', () => {
    const says = (body: object) => JSON.stringify(permuted(body, (left, right) => (left < right ? -1 : 1)));
    const named = fc.dictionary(fc.constantFrom('messages', 'route', 'system', 'id'), fc.jsonValue({ maxDepth: 1 }));
    fc.assert(
      fc.property(named, named, (left, right) => {
        expect(requestHash(left) === requestHash(right)).toBe(says(left) === says(right));
      }),
    );
  });

  it('is hex of SHA-256', () => {
    expect(requestHash(requestBody())).toMatch(/^[0-9a-f]{64}$/);
  });
});
