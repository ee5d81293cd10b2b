import type { SecretReference } from '@signalbox/contracts';
import { createFetchSecret, type FetchSecret } from './fetch-secret.ts';
import { SecretError } from './secret-error.ts';

/** How long a value is used before it is read again, in milliseconds. */
const FRESH_MS = 5 * 60_000;
/** Between two reads of one secret: after one that failed, or when a provider refuses the value. */
const RETRY_MS = 30_000;
/** A secret that was never there is looked for again sooner: somebody may be creating it. */
const MISSING_RETRY_MS = 5_000;
/** How long a call waits for a value to be read anew when there is an older one: a store that is silent must not cost every call its time. */
const PATIENCE_MS = 500;

export type SecretReader = {
  /** The secret's value. Throws `SecretError` when it was never to be had. */
  read: (reference: SecretReference) => Promise<string>;
  /** Tells that a provider refused the value: it is read anew for the next call, at most every 30 s. */
  distrust: (reference: SecretReference) => void;
};

/** One secret as this process knows it. Times are milliseconds since the epoch. */
type Held = { value?: string; error?: SecretError; readAt: number; staleAt: number; reading?: Promise<void> | undefined };

/**
 * Reads secrets by reference and keeps them for five minutes. A store that fails does not take a value away: the last good
 * one is used until the store answers again.
 */
export function createSecretReader({
  stage,
  fetch = stage ? createFetchSecret(stage) : refuse,
  now = Date.now,
}: {
  stage: string | undefined;
  fetch?: FetchSecret;
  now?: () => number;
}): SecretReader {
  const held = new Map<string, Held>();
  const renew = async (reference: SecretReference, secret: Held): Promise<void> => {
    secret.readAt = now();
    try {
      secret.value = await fetch(reference);
      delete secret.error;
      secret.staleAt = now() + FRESH_MS;
    } catch (error) {
      secret.error = error instanceof SecretError ? error : unavailable(reference, error);
      secret.staleAt = now() + (secret.value === undefined ? MISSING_RETRY_MS : RETRY_MS);
    }
    secret.reading = undefined;
  };
  return {
    read: async (reference) => {
      const secret = held.get(keyOf(reference)) ?? { readAt: 0, staleAt: 0 };
      held.set(keyOf(reference), secret);
      if (now() >= secret.staleAt) secret.reading ??= renew(reference, secret);
      await (secret.value === undefined ? secret.reading : waitAWhile(secret.reading));
      if (secret.value !== undefined) return secret.value;
      throw secret.error ?? unavailable(reference, undefined);
    },
    distrust: (reference) => {
      const secret = held.get(keyOf(reference));
      if (secret) secret.staleAt = Math.min(secret.staleAt, secret.readAt + RETRY_MS);
    },
  };
}

async function waitAWhile(reading: Promise<void> | undefined): Promise<void> {
  if (!reading) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, PATIENCE_MS);
  await Promise.race([reading, promise]);
  clearTimeout(timer);
}

function keyOf({ from, name }: SecretReference): string {
  return `${from}:${name}`;
}

function unavailable({ name }: SecretReference, cause: unknown): SecretError {
  return new SecretError({ kind: 'unavailable', message: `The secret ${name} cannot be read now.`, cause });
}

function refuse({ name }: SecretReference): Promise<string> {
  return Promise.reject(
    new SecretError({ kind: 'missing', message: `The secret ${name} cannot be found without a stage: set STAGE on the function.` }),
  );
}
