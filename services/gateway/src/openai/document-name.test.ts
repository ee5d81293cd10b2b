import fc from 'fast-check';
import { expect, it } from 'vitest';
import { documentName } from './document-name.ts';

it('makes of any file names what Converse takes, each another', () => {
  const filename = fc.oneof(fc.string({ maxLength: 300 }), fc.constantFrom('a.pdf', 'a.csv', 'ä.pdf', '../../etc/passwd', ''));
  fc.assert(
    fc.property(fc.array(filename, { maxLength: 6 }), (filenames) => {
      const taken = new Set<string>();
      const names = filenames.map((name) => documentName(name, taken));
      for (const name of names) expect(name).toMatch(/^(?!.* {2})[a-zA-Z0-9()[\]-][a-zA-Z0-9()[\] -]{0,199}$/);
      expect(new Set(names).size).toBe(names.length);
    }),
  );
});

it.each([
  ['report.pdf', 'report'],
  ['Q3, final (v2).pdf', 'Q3 final (v2)'],
  ['../../etc/passwd', 'etc passwd'],
  ['.pdf', 'document'],
  ['', 'document'],
])('makes of %j the name %j', (filename, name) => {
  expect(documentName(filename, new Set())).toBe(name);
});
