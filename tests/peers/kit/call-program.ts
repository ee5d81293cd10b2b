import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

export type CallOptions = {
  timeoutMs: number;
  environment?: Readonly<Record<string, string>>;
  /** What the check needs, for who does not have the program. */
  needs: string;
};

/** Runs a program to its end and gives what it wrote to stdout. Rejects with what it wrote to stderr when it fails. */
export async function callProgram(
  [program = '', ...options]: readonly string[],
  { timeoutMs, environment, needs }: CallOptions,
): Promise<string> {
  try {
    const env = { ...process.env, ...environment };
    const { stdout } = await run(program, options, { timeout: timeoutMs, env, maxBuffer: MAX_OUTPUT_BYTES });
    return stdout;
  } catch (error) {
    const { code, killed, stdout, stderr, message } = error as Error & {
      code?: unknown;
      killed?: boolean;
      stdout?: string;
      stderr?: string;
    };
    if (code === 'ENOENT') throw new Error(`${program} is not installed; this check needs ${needs}`, { cause: error });
    if (killed) throw new Error(`${program} was not done within ${timeoutMs} ms: ${stderr || stdout}`, { cause: error });
    throw new Error(`${program} failed: ${stderr || stdout || message}`, { cause: error });
  }
}
