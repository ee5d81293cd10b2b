import { fork, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { end } from './child-messages.ts';

export type Portkey = {
  url: string;
  pid: number;
  version: string;
  stop: () => Promise<void>;
};

const FOLDER = join(import.meta.dirname, '../tools/portkey');
const GATEWAY = join(FOLDER, 'node_modules/@portkey-ai/gateway');
const READY_WITHIN_MS = 30_000;

/** Starts Portkey's gateway on Node, as its README says, without its console and in production mode; installs it at the first run. */
export async function startPortkey(): Promise<Portkey> {
  install();
  const { version } = JSON.parse(readFileSync(join(GATEWAY, 'package.json'), 'utf8')) as { version: string };
  const port = await freePort();
  const child = fork(join(GATEWAY, 'build/start-server.js'), ['--headless', `--port=${port}`], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  process.once('exit', () => child.kill());
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url);
  return { url, pid: child.pid ?? 0, version, stop: () => end(child) };
}

/** Its own scripts are not run: they build and patch what the package brings ready-made. */
function install(): void {
  const stamp = join(FOLDER, 'node_modules/.signalbox-installed');
  const lock = readFileSync(join(FOLDER, 'package-lock.json'), 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  process.stderr.write(' installing Portkey …');
  const flags = ['--ignore-scripts', '--workspaces=false', '--loglevel=error', '--no-fund', '--no-audit'];
  const { status, stderr } = spawnSync('npm', ['ci', '--prefix', FOLDER, ...flags], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Portkey's gateway could not be installed; P13 needs it:\n${stderr}`);
  writeFileSync(stamp, lock);
}

async function untilReady(url: string): Promise<void> {
  const endsAt = performance.now() + READY_WITHIN_MS;
  while (
    !(await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (performance.now() > endsAt) throw new Error(`Portkey's gateway did not answer at ${url} within ${READY_WITHIN_MS} ms`);
    await sleep(100);
  }
}

/** Portkey does not tell which port it took when it is given 0. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
