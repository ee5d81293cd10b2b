import { build } from 'esbuild';
import { expect, it } from 'vitest';

it('keeps the data, schemas and everything else out of a bundle that only computes cost', async () => {
  const entryPoints = [new URL('./cost.ts', import.meta.url).pathname];
  const { metafile } = await build({ entryPoints, bundle: true, format: 'esm', platform: 'neutral', write: false, metafile: true });
  expect(Object.keys(metafile.inputs)).toEqual([expect.stringMatching(/\bsrc\/cost\.ts$/)]);
});
