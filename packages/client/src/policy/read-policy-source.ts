import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { UsageError } from '../usage-error.ts';
import { decodeText } from './decode-text.ts';

/** A policy as it stands in files, before anything is made of it. */
export type PolicySource = {
  /** The name that problems show. */
  file: string;
  text: string;
  /** `catalogue.yaml` beside the policy, where it exists. */
  overrides: { file: string; text: string } | undefined;
};

type Place = { from: string; readStdin?: () => string };

const POLICY_FILE = join('policy', 'routing.yaml');
const OVERRIDES_FILE = 'catalogue.yaml';

/** Reads the policy file named, `-` for standard input, or else `policy/routing.yaml` here or in a folder above. */
export function readPolicySource(
  file: string | undefined,
  { from, readStdin = () => decodeText(readFileSync(0), '<stdin>') }: Place,
): PolicySource {
  if (file === '-') return { file: '<stdin>', text: readStdin(), overrides: undefined };
  const path = file === undefined ? findUpwards(from) : resolve(from, file);
  if (path === undefined)
    throw new UsageError(
      `There is no ${POLICY_FILE} here or in a folder above. Name the policy file, as in: signalbox policy check my-policy.yaml`,
    );
  // As it was named, so that whoever named it finds it again.
  const name = file ?? shownAs(path, from);
  return { file: name, text: readText(path, name), overrides: overridesBeside(path, from) };
}

/** The overrides beside the `policy/routing.yaml` that a command here would read. */
export function findOverrides(from: string): PolicySource['overrides'] {
  const path = findUpwards(from);
  return path === undefined ? undefined : overridesBeside(path, from);
}

function overridesBeside(policy: string, from: string): PolicySource['overrides'] {
  const path = join(dirname(policy), OVERRIDES_FILE);
  return existsSync(path) ? { file: shownAs(path, from), text: readText(path, shownAs(path, from)) } : undefined;
}

function findUpwards(from: string): string | undefined {
  const path = join(from, POLICY_FILE);
  if (existsSync(path)) return path;
  return dirname(from) === from ? undefined : findUpwards(dirname(from));
}

function readText(path: string, name: string): string {
  try {
    return decodeText(readFileSync(path), name);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new UsageError(`There is no file ${name}.`);
    if (code === 'EISDIR') throw new UsageError(`${name} is a folder; name the policy file in it.`);
    throw new UsageError(`${name} cannot be read: ${(error as Error).message}`);
  }
}

/** Relative to where the command runs, as terminals make it a link. */
function shownAs(path: string, from: string): string {
  const short = relative(from, path);
  return short === '' || isAbsolute(short) || short.startsWith(join('..', '..', '..')) ? path : short;
}
