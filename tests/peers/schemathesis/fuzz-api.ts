import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const OPENAPI = join(import.meta.dirname, '..', '..', '..', 'docs', 'openapi.yaml');
/** By operation, beside the cases at the edges of each schema, of which there are more. About a minute in all. */
const EXAMPLES = 40;
const SEED = 1;
const TIMEOUT_MS = 170_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const NEEDS = 'Python 3.11 with venv and pip';

/** What is asked of every answer, but: a deleted inference is erased, and its record stays to be read (`use_after_free`). */
const EXCLUDED_CHECKS = 'use_after_free';

/** One check of one answer. */
export type CheckedAnswer = {
  /** As the OpenAPI file writes it. */
  operation: string;
  check: string;
  holds: boolean;
  /** Of what was asked. */
  method: string;
  path: string;
  /** Of the answer; undefined when there was none. */
  status?: number;
  code?: string;
};

export type FuzzRun = { selected: number; tested: number; errors: string[]; answers: CheckedAnswer[] };

/** Lets schemathesis ask everything that the OpenAPI file allows, and what it does not allow, of a running gateway. */
export async function fuzzApi(
  program: string,
  { gatewayUrl, apiKey }: { gatewayUrl: string; apiKey: string },
  folder: string,
): Promise<FuzzRun> {
  const files = { summary: join(folder, 'summary.json'), events: join(folder, 'events.ndjson') };
  const options = [
    ...['--url', gatewayUrl, '--header', `Authorization: Bearer ${apiKey}`, '--request-timeout', '29'],
    ...['--checks', 'all', '--exclude-checks', EXCLUDED_CHECKS, '--continue-on-failure', '--no-shrink'],
    // With more workers Python 3.11 loses count of its own recursion.
    ...['--max-examples', String(EXAMPLES), '--seed', String(SEED), '--generation-database', 'none', '--workers', '1'],
    ...['--report', 'json,ndjson', '--report-json-path', files.summary, '--report-ndjson-path', files.events],
  ];
  await runToItsEnd(program, ['--no-color', 'run', OPENAPI, ...options], folder);
  const summary = JSON.parse(await readFile(files.summary, 'utf8')) as Summary;
  const events = (await readFile(files.events, 'utf8')).trimEnd().split('\n');
  return {
    ...summary.operations,
    errors: summary.errors.map(({ title, count }) => `${count} × ${title}`),
    answers: events.flatMap((line) => readEvent(JSON.parse(line) as Event)),
  };
}

/** A failure that it found is no failure of the run: its report says which. In the folder, because it leaves its own files where it runs. */
async function runToItsEnd(program: string, words: string[], folder: string): Promise<void> {
  try {
    await run(program, words, { cwd: folder, timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES, env: { ...process.env, PYTHONUTF8: '1' } });
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (code === 1) return;
    if (code === 'ENOENT') throw new Error(`${program} is not installed; this check needs ${NEEDS}`, { cause: error });
    throw new Error(`${program} did not end well within ${TIMEOUT_MS} ms: ${stderr || stdout || String(error)}`, { cause: error });
  }
}

type Summary = { operations: { selected: number; tested: number }; errors: { title: string; count: number }[] };
type Case = { value: { method: string; path: string } };
type Recorder = {
  cases: Record<string, Case>;
  checks: Record<string, { name: string; status: string }[]>;
  interactions: Record<string, { response: { status_code: number; content: { $base64: string } | null } | null }>;
};
type Event = { ScenarioFinished?: { recorder: Recorder | null } };

function readEvent({ ScenarioFinished }: Event): CheckedAnswer[] {
  const recorder = ScenarioFinished?.recorder;
  if (!recorder?.checks) return [];
  return Object.entries(recorder.checks).flatMap(([id, checks]) => {
    const { method, path } = recorder.cases[id]?.value ?? { method: 'unknown', path: 'unknown' };
    const response = recorder.interactions[id]?.response;
    const answer = response ? { status: response.status_code, ...codeIn(response.content?.$base64 ?? '') } : {};
    return checks.map(({ name, status }) => ({
      operation: `${method} ${path}`,
      check: name,
      holds: status === 'success',
      method,
      path,
      ...answer,
    }));
  });
}

/** Of an error object; another answer has none. */
function codeIn(base64: string): { code?: string } {
  const text = Buffer.from(base64, 'base64').toString();
  if (!text.startsWith('{"error":')) return {};
  const { error } = JSON.parse(text) as { error?: { code?: string } };
  return error?.code === undefined ? {} : { code: error.code };
}
