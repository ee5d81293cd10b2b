import { type ApiKey, stateOfKey } from '@signalbox/limits/operator';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { noSuchKey } from './key-prefix.ts';
import type { KeyStore } from './key-store.ts';
import { describeExpiry, keyDocument, type PrintInput, printNewKey } from './print-key.ts';

export type RotateKeyOptions = { prefix: string; overlapMs: number; expiresMs?: number | undefined };
type Ports = PrintInput & { store: Pick<KeyStore, 'find' | 'create' | 'expire'> };

/** Makes a key like another, which works on for the overlap. The new one is there before the old one's end is set. */
export async function rotateKey({ prefix, overlapMs, expiresMs }: RotateKeyOptions, { store, ...print }: Ports): Promise<ExitCode> {
  const old = await store.find(prefix);
  if (!old) throw noSuchKey(prefix);
  const { now, output } = print;
  const state = stateOfKey(old, now);
  if (state !== 'active') throw new Error(`Key ${prefix} is ${state}. Make another with: signalbox keys create --tenant ${old.tenant}`);
  const created = await store.create({
    tenant: old.tenant,
    scopes: old.scopes,
    label: old.label,
    createdAt: new Date(now).toISOString(),
    expiresAt: expiryLike(old, { now, expiresMs }),
  });
  const ended = await store.expire(prefix, endOf(old, now + overlapMs));
  if (print.json)
    output.print(
      JSON.stringify({ token: created.token, ...keyDocument(created.key, now), previous: ended ? keyDocument(ended, now) : null }, null, 2),
    );
  else printNewKey(created, print);
  // Revoked between the two: it works no longer anyway.
  output.note(ended ? `Key ${prefix} ${describeExpiry(ended)}.` : `Key ${prefix} was revoked meanwhile.`);
  return EXIT_CODE.ok;
}

/** As long a life as the old one's, unless another is asked for. */
function expiryLike(old: ApiKey, { now, expiresMs }: { now: number; expiresMs: number | undefined }): string | undefined {
  const lifeMs = expiresMs ?? (old.expiresAt === undefined ? undefined : Date.parse(old.expiresAt) - Date.parse(old.createdAt));
  return lifeMs === undefined ? undefined : new Date(now + lifeMs).toISOString();
}

/** The end of the overlap, or its own when that is sooner. */
function endOf({ expiresAt }: ApiKey, overlapEndsAt: number): string {
  return new Date(expiresAt === undefined ? overlapEndsAt : Math.min(overlapEndsAt, Date.parse(expiresAt))).toISOString();
}
