import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { benchFolder } from './bench-folder.ts';
import { routingTableJson } from './routing-table.ts';

const root = join(import.meta.dirname, '..');

/** The inference worker bundled as tools/bundle.mjs does, but for the DynamoDB client: what is left is the worker less its record writes. */
export async function bundleWorkerWithoutRecords(): Promise<string> {
  const outfile = join(benchFolder(), 'without-records', 'index.js');
  await build({
    absWorkingDir: join(root, 'services/inference'),
    entryPoints: ['src/handlers/process-requests.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    supported: { 'dynamic-import': false },
    external: ['@aws-sdk/client-s3', '@aws-sdk/s3-request-presigner'],
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    define: { ROUTING_TABLE_SNAPSHOT: routingTableJson() },
    alias: {
      '@aws-sdk/credential-provider-node': join(root, 'tools/environment-credentials.mjs'),
      '@aws-sdk/client-dynamodb': join(import.meta.dirname, 'variants/no-dynamodb.ts'),
    },
  });
  writeFileSync(join(dirname(outfile), 'package.json'), '{"type":"commonjs"}\n');
  return outfile;
}
