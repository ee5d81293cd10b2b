import { relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findDrift } from './find-drift.ts';
import { GENERATE_COMMAND, publishedDocuments } from './published-documents.ts';
import { readCommitted } from './read-committed.ts';

describe('findDrift', () => {
  it('finds nothing where all is as it should be', () => {
    expect(findDrift(new Map([['a', '1']]), new Map([['a', '1']]))).toEqual([]);
  });

  it('names each file that differs, is missing, or is no longer generated', () => {
    const expected = new Map([
      ['same', '1'],
      ['changed', '2'],
      ['new', '3'],
    ]);
    const committed = new Map([
      ['same', '1'],
      ['changed', '2\n'],
      ['old', '4'],
    ]);
    expect(findDrift(expected, committed)).toEqual([
      { path: 'changed', problem: 'differs' },
      { path: 'new', problem: 'is missing' },
      { path: 'old', problem: 'is no longer generated' },
    ]);
  });
});

describe('the committed schemas and docs/asyncapi.yaml', () => {
  it(`match the contracts; if not, run \`${GENERATE_COMMAND}\``, () => {
    const drift = findDrift(publishedDocuments(), readCommitted());
    expect(drift.map(({ path, problem }) => `${relative(process.cwd(), path)} ${problem}`)).toEqual([]);
  });
});
