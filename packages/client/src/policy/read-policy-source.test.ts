import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadCatalogueFor } from '../catalogue/load-catalogue-for.ts';
import { UsageError } from '../usage-error.ts';
import { findOverrides, readPolicySource } from './read-policy-source.ts';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-policy-'));
const deep = join(folder, 'a', 'b');
mkdirSync(deep, { recursive: true });
mkdirSync(join(folder, 'policy'));
writeFileSync(join(folder, 'policy', 'routing.yaml'), 'version: 1\n');
writeFileSync(join(folder, 'policy', 'catalogue.yaml'), '# none\n');
writeFileSync(join(deep, 'other.yaml'), 'version: 2\n');
afterAll(() => rmSync(folder, { recursive: true }));

describe('readPolicySource', () => {
  it('finds policy/routing.yaml in a folder above, with the overrides beside it', () => {
    const source = readPolicySource(undefined, { from: deep });
    expect(source).toMatchObject({ file: join('..', '..', 'policy', 'routing.yaml'), text: 'version: 1\n' });
    expect(source.overrides?.text).toBe('# none\n');
    expect(findOverrides(deep)).toEqual(source.overrides);
  });

  it('reads the file that is named', () => {
    expect(readPolicySource('other.yaml', { from: deep })).toEqual({ file: 'other.yaml', text: 'version: 2\n', overrides: undefined });
  });

  it('reads standard input for a hyphen', () => {
    expect(readPolicySource('-', { from: deep, readStdin: () => 'version: 3' })).toMatchObject({ file: '<stdin>', text: 'version: 3' });
  });

  it.each([
    ['missing.yaml', 'There is no file missing.yaml.'],
    ['.', /^\. is a folder; name the policy file in it/],
    [join(folder, 'nothing', 'here.yaml'), `There is no file ${join(folder, 'nothing', 'here.yaml')}.`],
  ])('says of %s what is wrong with it', (file, message) => {
    expect(() => readPolicySource(file, { from: deep })).toThrow(UsageError);
    expect(() => readPolicySource(file, { from: deep })).toThrow(message);
  });

  it('asks for a file where there is none', () => {
    expect(() => readPolicySource(undefined, { from: tmpdir() })).toThrow('Name the policy file');
  });
});

describe('loadCatalogueFor', () => {
  it('names the file of overrides that are no YAML, or not valid', () => {
    const load = (text: string) => () => loadCatalogueFor({ overrides: { file: 'policy/catalogue.yaml', text } });
    expect(load('a: [')).toThrow(/policy\/catalogue\.yaml is not YAML/);
    expect(load('modles: {}')).toThrow(/^policy\/catalogue\.yaml: /);
    expect(load('modles: {}')).toThrow(UsageError);
    expect(load('# nothing')().models.length).toBeGreaterThan(100);
  });
});
