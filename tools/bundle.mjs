// Bundles each src/handlers/*.ts of the service it is run in to dist/<handler>/index.js: CommonJS, because `import 'node:http'`
// from an ES module costs a cold start 40 ms (docs/performance.md). SAM deploys these folders as they are.
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { build } from 'esbuild';

const handlers = readdirSync('src/handlers').filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
rmSync('dist', { recursive: true, force: true });
for (const file of handlers) {
  const outfile = `dist/${basename(file, '.ts')}/index.js`;
  await build({
    entryPoints: [`src/handlers/${file}`], outfile, bundle: true, platform: 'node', target: 'node24', format: 'cjs',
    mainFields: ['module', 'main'], minify: true, keepNames: true, sourcemap: 'linked', sourcesContent: false, legalComments: 'none', logLevel: 'warning',
  });
  // The nearest manifest of the bundle is the service's, which says "module".
  writeFileSync(outfile.replace('index.js', 'package.json'), '{"type":"commonjs"}\n');
}
