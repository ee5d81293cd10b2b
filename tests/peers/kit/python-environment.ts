import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { callProgram } from './call-program.ts';

/** Not committed; kept from run to run. */
const FOLDER = join(import.meta.dirname, '..', '.venv');
const TIMEOUT_MS = 120_000;
export const PYTHON_NEEDS = 'Python 3.10 with venv and pip';

/** The folder of programs of a Python environment that holds these packages, made when it is not there. */
export async function pythonEnvironment(packages: readonly string[]): Promise<string> {
  const folder = join(FOLDER, packages.join('+'));
  const bin = join(folder, 'bin');
  // Written last: an environment whose making was broken off is made anew.
  const stamp = join(folder, 'complete');
  if (existsSync(stamp)) return bin;
  await callProgram(['python3', '-m', 'venv', '--clear', folder], { timeoutMs: TIMEOUT_MS, needs: PYTHON_NEEDS });
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages];
  await callProgram([join(bin, 'python'), ...install], { timeoutMs: TIMEOUT_MS, needs: PYTHON_NEEDS });
  await writeFile(stamp, '');
  return bin;
}
