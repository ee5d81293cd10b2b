import { formatPath, type Problem } from '@signalbox/contracts';
import { HttpError } from '@signalbox/runtime/errors';

/** One thing wrong with a request in OpenAI's shape. Never quotes a value. */
export type ParameterProblem = Problem & { code: 'unsupported_parameter' | 'invalid_request' };

/** What is wrong with a request, gathered while it is translated. */
export type ParameterProblems = {
  /** The value at the path is not what it must be. */
  invalid(path: readonly PropertyKey[], message: string): void;
  /** The path names what OpenAI's API has and this does not take. */
  unsupported(path: readonly PropertyKey[], message: string): void;
  readonly found: readonly ParameterProblem[];
};

/** More problems than this are counted, not told: the message is for one look. */
const MAX_TOLD = 5;

export function createProblems(): ParameterProblems {
  const found: ParameterProblem[] = [];
  return {
    found,
    invalid: (path, message) => void found.push({ path: formatPath(path), message, code: 'invalid_request' }),
    unsupported: (path, message) => void found.push({ path: formatPath(path), message, code: 'unsupported_parameter' }),
  };
}

/** The refusal of a request: `param` and `code` are those of its first problem, the message tells all. */
export function refuseParameters([first, ...others]: readonly [ParameterProblem, ...ParameterProblem[]]): HttpError {
  const told = [first, ...others].slice(0, MAX_TOLD).map(({ path, message }) => `${path || 'The body'} ${message}`);
  const more = others.length + 1 - told.length;
  const message = `${told.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`;
  return new HttpError({ status: 400, code: first.code, message, ...(first.path ? { parameter: first.path } : {}) });
}

/** Throws the refusal if there is a problem. */
export function refuseIfAny({ found: [first, ...others] }: Pick<ParameterProblems, 'found'>): void {
  if (first) throw refuseParameters([first, ...others]);
}
