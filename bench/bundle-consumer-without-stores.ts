import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { benchFolder } from './bench-folder.ts';

const root = join(import.meta.dirname, '..');

/** The controller's consumer bundled as tools/bundle.mjs does, but for the clients of DynamoDB and S3, which answer at once. */
export async function bundleConsumerWithoutStores(): Promise<string> {
  const outfile = join(benchFolder(), 'consumer', 'index.js');
  await build({
    absWorkingDir: join(root, 'services/controller'),
    entryPoints: ['src/handlers/consume-attempts.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    supported: { 'dynamic-import': false },
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    define: { ROUTING_TABLE_SNAPSHOT: '{}' },
    alias: {
      '@aws-sdk/credential-provider-node': join(root, 'tools/environment-credentials.mjs'),
      '@aws-sdk/client-dynamodb': join(import.meta.dirname, 'variants/no-health-stores.ts'),
      '@aws-sdk/client-s3': join(import.meta.dirname, 'variants/table-from-file.ts'),
    },
  });
  writeFileSync(join(dirname(outfile), 'package.json'), '{"type":"commonjs"}\n');
  return outfile;
}
