import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callProgram } from '../kit/call-program.ts';
import { JAVA_NEEDS, javaClassPath } from '../kit/java-class-path.ts';
import { JARS } from '../versions.ts';
import type { Pair } from './make-pairs.ts';
import type { Verdict } from './verdict.ts';

const HERE = import.meta.dirname;
/** Ten seconds for 100,000 pairs on two cores that have nothing else to do. */
const JAVA_TIMEOUT_MS = 150_000;

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
  const [input, output] = [join(folder, 'pairs.jsonl'), join(folder, 'verdicts')];
  await writeFile(input, pairs.map((pair) => `${JSON.stringify(pair)}\n`).join(''));
  const command = ['java', '-cp', await javaClassPath(JARS.eventRuler), join(HERE, 'Verdicts.java'), input, output];
  await callProgram(command, { timeoutMs: JAVA_TIMEOUT_MS, needs: JAVA_NEEDS });
  const verdicts = (await readFile(output, 'utf8')).trimEnd().split('\n').map(toVerdict);
  if (verdicts.length !== pairs.length) throw new Error(`event-ruler gave ${verdicts.length} verdicts on ${pairs.length} pairs`);
  return verdicts;
}

function toVerdict(line: string): Verdict {
  const [kind = '', ...words] = line.split(' ');
  const reason = words.join(' ');
  if (kind === 'matches' || kind === 'differs') return reason === '' ? { kind } : { kind, apart: reason };
  if (kind === 'refused' || kind === 'broken') return { kind, reason };
  throw new Error(`event-ruler's verdict cannot be read: ${line}`);
}
