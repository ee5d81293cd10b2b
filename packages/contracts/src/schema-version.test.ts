import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareSchemaVersion, SCHEMA_VERSION } from './schema-version.ts';

describe('compareSchemaVersion', () => {
  it.each([
    ['1.0', '1.0', 'same-or-older-minor'],
    ['1.3', '1.4', 'same-or-older-minor'],
    ['1.4', '1.3', 'newer-minor'],
    ['1.10', '1.9', 'newer-minor'],
    ['2.0', '1.9', 'newer-major'],
    ['10.0', '9.9', 'newer-major'],
    ['1.9', '2.0', 'older-major'],
    ['0.0', '1.0', 'older-major'],
    ['1', '1.0', 'malformed'],
    ['1.0.0', '1.0', 'malformed'],
    ['v1.0', '1.0', 'malformed'],
    [' 1.0', '1.0', 'malformed'],
    ['1.0\n', '1.0', 'malformed'],
    ['-1.0', '1.0', 'malformed'],
    ['1e0.0', '1.0', 'malformed'],
    ['99999.0', '1.0', 'malformed'],
    ['', '1.0', 'malformed'],
    [1, '1.0', 'malformed'],
    [['1.0'], '1.0', 'malformed'],
    [null, '1.0', 'malformed'],
    [undefined, '1.0', 'malformed'],
  ])('finds %j to ours %j: %s', (theirs, ours, relation) => {
    expect(compareSchemaVersion(theirs, ours)).toBe(relation);
  });

  it('compares with the version of this build unless told otherwise', () => {
    expect(compareSchemaVersion(SCHEMA_VERSION)).toBe('same-or-older-minor');
  });

  it('is the other way round from the other side', () => {
    const part = fc.nat(9999);
    fc.assert(
      fc.property(part, part, part, part, (major, minor, ourMajor, ourMinor) => {
        const relation = compareSchemaVersion(`${major}.${minor}`, `${ourMajor}.${ourMinor}`);
        const back = compareSchemaVersion(`${ourMajor}.${ourMinor}`, `${major}.${minor}`);
        expect(relation === 'newer-major').toBe(back === 'older-major');
        if (relation === 'newer-minor') expect(back).toBe('same-or-older-minor');
      }),
    );
  });
});
