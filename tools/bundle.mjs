// Bundles each src/handlers/*.ts of the service it is run in to dist/<handler>/index.js: CommonJS, because `import 'node:http'`
// from an ES module loads more of Node at a cold start (docs/performance.md has the figures). SAM deploys these folders as they are.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { loadCatalogue } from '@signalbox/catalogue';
import { compilePolicy, formatPolicyProblem } from '@signalbox/routing/policy';
import { build } from 'esbuild';
import { parse } from 'yaml';

const read = (name) => readFileSync(join(import.meta.dirname, '../policy', name), 'utf8');
const catalogue = loadCatalogue({ overrides: parse(read('catalogue.yaml')) });
const policy = compilePolicy({ file: 'policy/routing.yaml', text: read('routing.yaml'), catalogue });
if (policy.kind === 'invalid') {
  for (const problem of policy.problems) console.error(formatPolicyProblem(problem));
  process.exit(1);
}

const options = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  mainFields: ['module', 'main'],
  // import() becomes a deferred require, which finds the file beside the bundle.
  supported: { 'dynamic-import': false },
  minify: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  alias: { '@aws-sdk/credential-provider-node': join(import.meta.dirname, 'environment-credentials.mjs') },
};

rmSync('dist', { recursive: true, force: true });
for (const file of readdirSync('src/handlers').filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))) {
  const folder = `dist/${basename(file, '.ts')}`;
  const lazy = new Set();
  await build({
    ...options,
    entryPoints: [`src/handlers/${file}`],
    outfile: `${folder}/index.js`,
    define: { ROUTING_TABLE_SNAPSHOT: JSON.stringify(policy.table) },
    plugins: [deferDynamicImports(lazy)],
  });
  for (const name of lazy) {
    await build({
      ...options,
      stdin: { contents: `export * from '${name}';`, resolveDir: '.' },
      outfile: `${folder}/${lazyFile(name)}`,
      plugins: [deferDynamicImports(new Set())],
    });
  }
  // The nearest manifest of the bundle is the service's, which says "module".
  writeFileSync(`${folder}/package.json`, '{"type":"commonjs"}\n');
}

/** Gives each package that is imported with import() a file of its own, so that a cold start does not read what it may never use; leaves out the sign-on that only people have. */
function deferDynamicImports(lazy) {
  return {
    name: 'defer-dynamic-imports',
    setup(builder) {
      builder.onResolve({ filter: /^@aws-sdk\// }, ({ path, kind }) => {
        if (kind !== 'dynamic-import') return undefined;
        if (/sso/.test(path)) return { path, namespace: 'left-out' };
        lazy.add(path);
        return { path: `./${lazyFile(path)}`, external: true };
      });
      builder.onLoad({ filter: /./, namespace: 'left-out' }, ({ path }) => ({
        contents: `throw new Error('${path} is not bundled: Lambda gives credentials in the environment.')`,
      }));
    },
  };
}

function lazyFile(name) {
  return `lazy-${basename(name)}.js`;
}
