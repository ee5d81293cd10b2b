// The two commands of a fresh clone, `npm start` and `npm test`, and `npm run check` and `npm run bench`: installs and builds
// what is missing or out of date, says so, and runs the rest on the Node 24 that the install brought.
// Runs on Node 20 with nothing installed, so it imports only what Node itself has.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const node = join(root, 'node_modules', 'node', 'bin', 'node');
const environment = {
  ...process.env,
  PATH: [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH].join(':'),
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  DO_NOT_TRACK: '1',
  REDOCLY_TELEMETRY: 'off',
  REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
};

// npm's shell does not pass signals on: when it is gone, so must this be.
const parent = process.ppid;
const [command, ...args] = process.argv.slice(2);
const steps = {
  // The extra channel tells the stack when this process is gone, however it went. The interpreter of state machines waits for times that are
  // past, of which Node warns.
  start: () => run([node, '--disable-warning=TimeoutNegativeWarning', 'packages/local/src/main.ts', ...args], { extra: ['ipc'] }),
  test: () => run([node, bin('vitest'), 'run', ...args]),
  'test:faults': () => run([node, 'tests/run-faults.ts', ...args]),
  'test:soak': () => run([node, bin('vitest'), 'run', '--config', 'tests/soak.config.ts', ...args]),
  // Each peer says for itself what it needs: Java and Maven, or Python.
  'test:peers': () => run([node, 'tests/peers/main.ts', ...args]),
  // Stryker is large and seldom wanted, so it is no dependency of the project.
  'test:mutation': () => {
    install('tools/mutation', 'Stryker', ['--legacy-peer-deps', '--workspaces=false']);
    run([node, join(root, 'tools/mutation/node_modules/.bin/stryker'), 'run', ...args]);
  },
  simulate: () => run([node, 'tests/simulation/main.ts', ...args]),
  check: () =>
    runAll([
      ['lint', bin('biome'), 'check', '--error-on-warnings', '.'],
      ['types', bin('turbo'), 'run', 'typecheck', '--output-logs=errors-only'],
      ['boundaries', bin('turbo'), 'boundaries'],
      ['unused', node, bin('knip')],
      ['contracts', node, 'packages/contracts/tools/generate.ts', '--check'],
      ['api', bin('redocly'), 'lint', '--extends', 'recommended-strict', 'docs/openapi.yaml', 'docs/asyncapi.yaml'],
    ]),
  bench: () => run([node, 'bench/main.ts', ...args]),
};
if (!Object.hasOwn(steps, command)) {
  console.error(`launch: unknown command "${command}"; one of: ${Object.keys(steps).join(', ')}`);
  process.exit(2);
}
await turn();
install('.', 'dependencies');
await turn();
build();
await turn();
steps[command]();

/** Lets a signal that came during a blocking step end this process, and ends it when its parent is gone. */
async function turn() {
  await new Promise((resolve) => setTimeout(resolve));
  if (process.ppid !== parent) process.exit(143);
}

/** Installs what a folder's lock file names, unless it is there already. */
function install(folder, what, flags = []) {
  const place = join(root, folder);
  const stampFile = join(place, 'node_modules', '.signalbox-installed');
  const wanted = createHash('sha256')
    .update(readFileSync(join(place, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted && existsSync(node)) return;
  say(`installing ${what} (first time, or the lock file changed; about half a minute)`);
  quietly('npm', ['ci', '--prefix', place, ...flags, '--loglevel=error', '--no-fund', '--no-audit'], {
    retry: 'an install that was broken off may still be cleaning up',
  });
  writeFileSync(stampFile, wanted);
}

function build() {
  const started = Date.now();
  const output = quietly(bin('turbo'), ['run', 'build', '--output-logs=errors-only', '--no-color']);
  if (!/FULL TURBO/.test(output)) say(`built the Lambda handlers (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}

/** Runs a step whose output matters only when it fails; then all of it is shown. */
function quietly(file, parameters, { retry } = {}) {
  const result = spawnSync(file, parameters, { cwd: root, env: environment, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (result.status === 0) return result.stdout;
  if (retry && !result.signal) {
    say(`trying once more in 10 s: ${retry}`);
    spawnSync(process.execPath, ['-e', 'setTimeout(() => undefined, 10_000)']);
    return quietly(file, parameters);
  }
  console.error(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  console.error(
    `signalbox: "${[file, ...parameters].join(' ')}" failed${result.error ? `: ${result.error.message}` : ` with exit code ${result.status}`}. The output is above.`,
  );
  process.exit(1);
}

/** Hands over to a child; ends with its exit code, passes signals on, and never outlives its own parent: npm's shell does not pass signals on. */
function run([file, ...parameters], { extra = [] } = {}) {
  const child = spawn(file, parameters, { cwd: root, env: environment, stdio: ['inherit', 'inherit', 'inherit', ...extra] });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, 200);
  child.on('error', (error) => {
    console.error(`signalbox: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}

function runAll(list) {
  const failed = [];
  for (const [name, file, ...parameters] of list) {
    const result = spawnSync(file, parameters, { cwd: root, env: environment, stdio: 'inherit' });
    if (result.status !== 0) failed.push(name);
    say(`${name}: ${result.status === 0 ? 'ok' : 'FAILED'}`);
  }
  if (failed.length > 0) {
    say(`check failed: ${failed.join(', ')}`);
    process.exit(1);
  }
}

function bin(name) {
  return join(root, 'node_modules', '.bin', name);
}
function say(text) {
  process.stderr.write(`signalbox: ${text}\n`);
}
