import type { SecretReference } from '@signalbox/contracts';

/** Why there is no secret: it is not there or not allowed (`missing`), or its store did not answer (`unavailable`). */
export class SecretError extends Error {
  override name = 'SecretError';
  readonly kind: 'missing' | 'unavailable';

  constructor({ kind, message, cause }: { kind: 'missing' | 'unavailable'; message: string; cause?: unknown }) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** The full name of a secret in its store: all of an installation's are below one prefix, the only one its roles may read. */
export function secretName({ from, name }: SecretReference, stage: string): string {
  const path = `signalbox/${stage}/model-keys/${name}`;
  return from === 'ssm' ? `/${path}` : path;
}

/** The secret in words for people: its store and its full name. */
export function describeSecret(reference: SecretReference, stage: string): string {
  const kind = reference.from === 'ssm' ? 'SSM parameter' : 'Secrets Manager secret';
  return `${kind} ${secretName(reference, stage)}`;
}
