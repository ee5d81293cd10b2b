import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { atEnd } from './at-end.ts';

export type Server = AsyncDisposable & { endpoint: string };
export type StartCommand = { command: readonly string[]; environment: Readonly<Record<string, string>> };
export type StartOptions = {
  /** What the check needs, for who does not have the program. */
  needs: string;
};

const READY_WITHIN_MS = 40_000;

/** Starts another one's server on a free port of 127.0.0.1 and waits until it answers HTTP. Neither it nor what it started outlives this process. */
export async function startServer(describe: (port: number) => StartCommand, { needs }: StartOptions): Promise<Server> {
  const port = await freePort();
  const { command, environment } = describe(port);
  const [program = '', ...options] = command;
  // A group of its own, so that its children can be ended with it.
  const child = spawn(program, options, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment }, detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
  const kill = () => killGroup(child.pid);
  const forget = atEnd(kill);
  const endpoint = `http://127.0.0.1:${port}`;
  const ended = Promise.race([
    once(child, 'exit').then(([code]) => `ended with ${code}`),
    once(child, 'error').then(([error]) => `could not be started, ${(error as Error).message}; this check needs ${needs}`),
  ]);
  const late = sleep(READY_WITHIN_MS, `did not answer within ${READY_WITHIN_MS} ms`, { ref: false });
  const problem = await Promise.race([untilAnswers(endpoint), ended, late]);
  if (problem !== undefined) {
    kill();
    throw new Error(`${program} ${problem}:\n${output}`);
  }
  return {
    endpoint,
    async [Symbol.asyncDispose]() {
      forget();
      kill();
      await ended;
    },
  };
}

/** Also when the server itself is gone: its children may not be. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function untilAnswers(endpoint: string): Promise<undefined> {
  const isThere = () =>
    fetch(endpoint, { signal: AbortSignal.timeout(1_000) }).then(
      () => true,
      () => false,
    );
  const endsAt = Date.now() + READY_WITHIN_MS;
  while (!(await isThere()) && Date.now() < endsAt) await sleep(100);
  if (Date.now() >= endsAt) await sleep(READY_WITHIN_MS);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('unreachable: a TCP server has a port');
  return address.port;
}
