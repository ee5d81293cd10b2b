import { describe, expect, it } from 'vitest';
import { UsageError } from '../usage-error.ts';
import { readRequests } from './read-requests.ts';

describe('readRequests', () => {
  it('reads one request, however it is laid out', () => {
    expect(readRequests('{\n "a": 1\n}\n', { name: 'request.json' })).toEqual({ kind: 'single', body: { a: 1 } });
  });

  it('reads one on each line, passes over empty ones, and keeps their numbers', () => {
    expect(readRequests('{"a":1}\n\n{"a":2}\n', { name: '<stdin>' })).toEqual({
      kind: 'lines',
      lines: [
        { line: 1, body: { a: 1 } },
        { line: 3, body: { a: 2 } },
      ],
    });
  });

  it('takes a single line of a .jsonl file for one of many', () => {
    expect(readRequests('{"a":1}', { name: 'requests.jsonl' })).toMatchObject({ kind: 'lines', lines: [{ line: 1 }] });
  });

  it('goes on after a line that is not JSON', () => {
    expect(readRequests('{"a":1}\n{"a":\n{"a":3}', { name: 'x.jsonl' })).toMatchObject({
      lines: [{ body: { a: 1 } }, { line: 2, problem: expect.stringContaining('JSON') }, { body: { a: 3 } }],
    });
  });

  it.each([
    ['', 'request.json is empty'],
    ['{\n "a": 1,\n}', 'request.json is not JSON'],
    ['hello', 'request.json is not JSON'],
  ])('says of %j what is wrong with it', (text, message) => {
    expect(() => readRequests(text, { name: 'request.json' })).toThrow(UsageError);
    expect(() => readRequests(text, { name: 'request.json' })).toThrow(message);
  });
});
