import { describe, expect, it } from 'vitest';
import { parseListQuery } from './parse-list-query.ts';

const parse = (query: Record<string, string>, repeatedQuery: string[] = []) => parseListQuery({ query, repeatedQuery });

describe('the query of a list', () => {
  it('may be empty', () => {
    expect(parse({})).toEqual({ limit: 50 });
  });

  it('may have everything', () => {
    expect(parse({ label: 'a.b-c:d:e f', status: 'failed', batch: 'spring-7', limit: '100', cursor: 'x' })).toEqual({
      label: { name: 'a.b-c', value: 'd:e f' },
      status: 'failed',
      batch: 'spring-7',
      limit: 100,
      cursor: 'x',
    });
  });

  it('takes a label as long as a label can be, in any script', () => {
    const value = `${'日'.repeat(127)}\u{1f600}`;
    expect(parse({ label: `${'n'.repeat(64)}:${value}` }).label?.value).toBe(value);
  });

  it.each([
    ['label', 'campaign'],
    ['label', ':spring'],
    ['label', 'campaign:'],
    ['label', 'cam paign:spring'],
    ['label', `${'n'.repeat(65)}:x`],
    ['label', `n:${'x'.repeat(129)}`],
    ['status', 'accepting'],
    ['status', 'Failed'],
    ['status', ''],
    ['batch', 'not a batch'],
    ['batch', ''],
    ['limit', '0'],
    ['limit', '101'],
    ['limit', '-1'],
    ['limit', '5.0'],
    ['limit', '1e1'],
    ['limit', ''],
  ])('is refused for %s=%s, by the name of the parameter', (name, value) => {
    expect(() => parse({ [name]: value })).toThrow(
      expect.objectContaining({ status: 400, code: 'invalid_request', parameter: name, message: expect.stringContaining(`"${name}"`) }),
    );
  });

  it.each(['', 'x'.repeat(1025)])('is refused for a cursor that no answer had', (cursor) => {
    expect(() => parse({ cursor })).toThrow(expect.objectContaining({ status: 400, code: 'invalid_cursor', parameter: 'cursor' }));
  });

  it.each(['labels', 'Status', 'waitSeconds', '__proto__', 'constructor', 'x'.repeat(5_000)])(
    'is refused for an unknown parameter: %s',
    (name) => {
      const query = JSON.parse(`{${JSON.stringify(name)}:"x"}`) as Record<string, string>;
      expect(() => parse(query)).toThrow(expect.objectContaining({ code: 'invalid_request', parameter: name.slice(0, 64) }));
    },
  );

  it('is refused for a parameter that is given twice', () => {
    expect(() => parse({ status: 'failed' }, ['status'])).toThrow(
      expect.objectContaining({ parameter: 'status', message: expect.stringContaining('once') }),
    );
  });
});
