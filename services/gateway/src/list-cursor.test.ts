import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ListPosition, readCursor, writeCursor } from './list-cursor.ts';
import type { ListQuery } from './parse-list-query.ts';

const day = fc.integer({ min: 0, max: 4_000_000_000_000 }).map((time) => new Date(time).toISOString().slice(0, 10));
const place = fc.record({ id: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:@+-]{0,20}$/), acceptedAt: fc.nat({ max: 4_000_000_000_000 }) });
const ofDay = fc.record({ kind: fc.constant('day' as const), day, after: place }, { requiredKeys: ['kind', 'day'] });
const ofBatch = fc.record({ kind: fc.constant('batch' as const), index: fc.nat(100) });
const filter = fc.record(
  {
    label: fc.record({ name: fc.constantFrom('a', 'b'), value: fc.string({ maxLength: 4 }) }),
    status: fc.constantFrom('failed', 'accepted'),
  },
  { requiredKeys: [] },
);
const list = fc.record({ tenant: fc.constantFrom('acme', 'other'), filter, limit: fc.integer({ min: 1, max: 100 }) });
type Made = { tenant: string; filter: object; limit: number };

function listOf({ tenant, filter, limit }: Made, { kind }: ListPosition): { tenant: string; query: ListQuery } {
  return { tenant, query: { ...filter, limit, ...(kind === 'batch' ? { batch: 'spring-7' } : {}) } };
}

const refused = expect.objectContaining({ status: 400, code: 'invalid_cursor', parameter: 'cursor' });
const position: ListPosition = { kind: 'day', day: '2026-09-21', after: { id: 'a', acceptedAt: 1 } };
const query: ListQuery = { limit: 50 };
const cursor = writeCursor(position, { tenant: 'acme', query });

describe('a cursor', () => {
  it('comes back as the position it was, whatever the limit is by then', () => {
    fc.assert(
      fc.property(list, fc.oneof(ofDay, ofBatch), fc.integer({ min: 1, max: 100 }), (made, where, limit) => {
        const written = writeCursor(where, listOf(made, where));
        expect(written).toMatch(/^[A-Za-z0-9_.-]{1,1024}$/);
        expect(readCursor(written, listOf({ ...made, limit }, where))).toEqual(where);
      }),
    );
  });

  it('is refused for any other list', () => {
    fc.assert(
      fc.property(list, list, fc.oneof(ofDay, ofBatch), (made, other, where) => {
        fc.pre(JSON.stringify([made.tenant, made.filter]) !== JSON.stringify([other.tenant, other.filter]));
        expect(() => readCursor(writeCursor(where, listOf(made, where)), listOf(other, where))).toThrow(refused);
      }),
    );
  });

  it('is refused with any character altered, dropped or added', () => {
    for (let at = 0; at < cursor.length; at++) {
      const altered = cursor[at] === 'x' ? 'y' : 'x';
      for (const text of [cursor.slice(0, at) + altered + cursor.slice(at + 1), cursor.slice(0, at) + cursor.slice(at + 1), `${cursor}x`])
        expect(() => readCursor(text, { tenant: 'acme', query }), text).toThrow(refused);
    }
  });

  it.each(['x', '.', '..', cursor.slice(0, cursor.indexOf('.')), `${cursor}.${cursor}`])('is refused when it is none: %s', (text) => {
    expect(() => readCursor(text, { tenant: 'acme', query })).toThrow(refused);
  });

  it('of a batch is refused for the days, and the other way round', () => {
    const batch = { ...query, batch: 'spring-7' };
    expect(() => readCursor(cursor, { tenant: 'acme', query: batch })).toThrow(refused);
    expect(() => readCursor(writeCursor({ kind: 'batch', index: 1 }, { tenant: 'acme', query: batch }), { tenant: 'acme', query })).toThrow(
      refused,
    );
  });

  it.each([
    ['a position of the other kind', { kind: 'batch', index: 7 }],
    ['a day that is none', { kind: 'day', day: 'yesterday' }],
    ['an id that none can be', { kind: 'day', day: '2026-09-21', after: { id: 'a#b', acceptedAt: 1 } }],
    ['a time that is none', { kind: 'day', day: '2026-09-21', after: { id: 'a', acceptedAt: 'x' as unknown as number } }],
  ] as [string, ListPosition][])('that somebody made up, with %s, is refused', (_what, madeUp) => {
    expect(() => readCursor(writeCursor(madeUp, { tenant: 'acme', query }), { tenant: 'acme', query })).toThrow(refused);
  });
});
