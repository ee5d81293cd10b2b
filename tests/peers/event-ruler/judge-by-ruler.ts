import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Pair } from './make-pairs.ts';
import type { Verdict } from './verdict.ts';

const run = promisify(execFile);
const HERE = import.meta.dirname;
/** Fetching, once; and judging, which takes ten seconds for 100,000 pairs on two cores. */
const MAVEN_TIMEOUT_MS = 100_000;
const JAVA_TIMEOUT_MS = 100_000;

/** The verdicts of AWS's event-ruler, in the order of the pairs. Needs Java 17 and Maven; leaves nothing behind but Maven's own cache. */
export async function judgeByRuler(pairs: readonly Pair[]): Promise<Verdict[]> {
  const folder = await mkdtemp(join(tmpdir(), 'event-ruler-'));
  try {
    return await judgeIn(folder, pairs);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function judgeIn(folder: string, pairs: readonly Pair[]): Promise<Verdict[]> {
  const [classPath, input, output] = [join(folder, 'class-path'), join(folder, 'pairs.jsonl'), join(folder, 'verdicts')];
  await writeFile(input, pairs.map((pair) => `${JSON.stringify(pair)}\n`).join(''));
  const goal = ['dependency:build-classpath', `-Dmdep.outputFile=${classPath}`];
  await call('mvn', ['--quiet', '--batch-mode', '--file', join(HERE, 'pom.xml'), ...goal], MAVEN_TIMEOUT_MS);
  await call('java', ['-cp', (await readFile(classPath, 'utf8')).trim(), join(HERE, 'Verdicts.java'), input, output], JAVA_TIMEOUT_MS);
  const verdicts = (await readFile(output, 'utf8')).trimEnd().split('\n').map(toVerdict);
  if (verdicts.length !== pairs.length) throw new Error(`event-ruler gave ${verdicts.length} verdicts on ${pairs.length} pairs`);
  return verdicts;
}

async function call(program: string, options: string[], timeout: number): Promise<void> {
  await run(program, options, { timeout }).catch((error: Error & { code?: unknown; stdout?: string; stderr?: string }) => {
    if (error.code === 'ENOENT') throw new Error(`${program} is not installed; this check needs Java 17 and Maven`, { cause: error });
    throw new Error(`${program} failed: ${error.stderr || error.stdout || error.message}`, { cause: error });
  });
}

function toVerdict(line: string): Verdict {
  const [kind = '', ...words] = line.split(' ');
  const reason = words.join(' ');
  if (kind === 'matches' || kind === 'differs') return reason === '' ? { kind } : { kind, apart: reason };
  if (kind === 'refused' || kind === 'broken') return { kind, reason };
  throw new Error(`event-ruler's verdict cannot be read: ${line}`);
}
