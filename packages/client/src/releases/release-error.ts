/** Why a release cannot be done as asked; the message says what to do. `problems` has one line for each thing that is wrong. */
export class ReleaseError extends Error {
  override readonly name = 'ReleaseError';
  readonly kind: 'refused' | 'busy' | 'conflict' | 'not-found' | 'not-installed';
  readonly problems: readonly string[];

  constructor({
    kind,
    message,
    problems = [],
    cause,
  }: {
    kind: ReleaseError['kind'];
    message: string;
    problems?: readonly string[];
    cause?: unknown;
  }) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.problems = problems;
  }
}
