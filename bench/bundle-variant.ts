import { join } from 'node:path';
import { build } from 'esbuild';
import { benchFolder } from './bench-folder.ts';

/** Bundles a reference into one minified file, so that it runs on equal terms with the deployed handlers; answers where it lies. */
export async function bundleVariant(name: string, format: 'cjs' | 'esm' = 'cjs'): Promise<string> {
  const outfile = join(benchFolder(), `${name}.${format === 'cjs' ? 'cjs' : 'mjs'}`);
  await build({
    entryPoints: [join(import.meta.dirname, 'variants', `${name}.ts`)],
    outfile,
    format,
    bundle: true,
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  return outfile;
}
