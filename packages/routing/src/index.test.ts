import { build } from 'esbuild';
import { expect, it } from 'vitest';

it('brings neither the YAML parser, nor schemas, nor anything of Node into a bundle', async () => {
  const entryPoints = [new URL('./index.ts', import.meta.url).pathname];
  const { metafile } = await build({ entryPoints, bundle: true, format: 'esm', platform: 'neutral', write: false, metafile: true });
  const foreign = Object.keys(metafile.inputs).filter((input) => !/packages\/routing\/src\/(?!policy\/)/.test(input));
  expect(foreign).toEqual([]);
});
