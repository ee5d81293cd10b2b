import { build } from 'esbuild';
import { expect, it } from 'vitest';

it('brings neither the YAML parser, nor schemas, nor data, and of Node only its IP addresses, into a bundle', async () => {
  const entryPoints = [`${import.meta.dirname}/index.ts`];
  const { metafile } = await build({ entryPoints, bundle: true, format: 'esm', write: false, metafile: true, external: ['node:net'] });
  const foreign = Object.keys(metafile.inputs).filter(
    (input) => !/packages\/(routing\/src\/(?!policy\/)|catalogue\/src\/cost\.ts$|contracts\/src\/target-key\.ts$)/.test(input),
  );
  expect(foreign).toEqual([]);
});
