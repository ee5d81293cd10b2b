/** A pattern that is not one: where, and what is wrong there. */
export class EventPatternError extends Error {
  /** `detail.amount[0]`; empty for the pattern as a whole. */
  readonly path: string;
  readonly problem: string;

  constructor(at: readonly (string | number)[], problem: string) {
    const path = at.reduce<string>(
      (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
      '',
    );
    super(`Event pattern is not valid. Reason: ${path === '' ? '' : `${path}: `}${problem}`);
    this.name = 'EventPatternError';
    this.path = path;
    this.problem = problem;
  }
}
