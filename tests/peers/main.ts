import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** In the order of their time: the quickest first. */
const PEERS = ['sam-translator', 'event-ruler', 'dynamodb-local', 'sqs', 'aws-cli', 'examples', 'ministack', 'schemathesis'] as const;
/** One that hangs must not hide what the others say. */
const PEER_TIMEOUT_MS = 180_000;

type Outcome = { peer: string; passed: number; failed: number; seconds: number };

const { values } = parseArgs({ options: { only: { type: 'string' } } });
if (values.only !== undefined && !PEERS.some((peer) => peer === values.only))
  throw new Error(`--only takes one of ${PEERS.join(', ')}, not ${values.only}`);

const outcomes: Outcome[] = [];
for (const peer of values.only === undefined ? PEERS : [values.only]) outcomes.push(await runPeer(peer));

console.log('');
for (const { peer, passed, failed, seconds } of outcomes)
  console.log(
    `${peer.padEnd(16)} ${String(passed).padStart(7)} passed ${String(failed).padStart(5)} failed ${String(seconds).padStart(5)} s`,
  );
const failed = sum(outcomes.map((outcome) => outcome.failed));
console.log(`${sum(outcomes.map((outcome) => outcome.passed))} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Shows what it says, and reads its closing line. One that ends without is one failure. */
async function runPeer(peer: string): Promise<Outcome> {
  console.log(`== ${peer}`);
  const started = Date.now();
  const child = spawn(process.execPath, [join(import.meta.dirname, peer, 'main.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
  // The others are not begun: whoever ends one ends all.
  const stop = (signal: NodeJS.Signals) => {
    child.kill(signal);
    child.once('close', () => process.exit(143));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  const timer = setTimeout(() => child.kill('SIGTERM'), PEER_TIMEOUT_MS);
  let output = '';
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString();
    process.stdout.write(data);
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  clearTimeout(timer);
  for (const each of ['SIGINT', 'SIGTERM'] as const) process.off(each, stop);
  const seconds = Math.round((Date.now() - started) / 1000);
  const closing = /^(\d+) passed, (\d+) failed$/.exec(output.trimEnd().split('\n').at(-1) ?? '');
  const [passed, failures] = closing ? [Number(closing[1]), Number(closing[2])] : [0, 0];
  if (code === 0 && closing) return { peer, passed, failed: failures, seconds };
  if (failures > 0) return { peer, passed, failed: failures, seconds };
  console.log(`  ${peer} ended with ${signal ?? code} after ${seconds} s and did not say what it found`);
  return { peer, passed, failed: 1, seconds };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
