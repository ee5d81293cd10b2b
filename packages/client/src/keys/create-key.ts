import { isName, isScope } from '@signalbox/limits/operator';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { UsageError } from '../usage-error.ts';
import type { KeyStore } from './key-store.ts';
import { type PrintInput, printNewKey } from './print-key.ts';

export type CreateKeyOptions = { tenant: string; scopes: string; expiresMs?: number | undefined; label?: string | undefined };

/** Makes a key for a tenant and prints it, once. */
export async function createKey(
  { tenant, scopes, expiresMs, label }: CreateKeyOptions,
  { store, ...print }: PrintInput & { store: Pick<KeyStore, 'create'> },
): Promise<ExitCode> {
  if (!isName(tenant)) throw new UsageError(`"${tenant}" cannot be a tenant: small letters, digits and hyphens, 63 at most.`);
  const created = await store.create({
    tenant,
    scopes: toScopes(scopes),
    label,
    createdAt: new Date(print.now).toISOString(),
    expiresAt: expiresMs === undefined ? undefined : new Date(print.now + expiresMs).toISOString(),
  });
  printNewKey(created, print);
  return EXIT_CODE.ok;
}

function toScopes(text: string): string[] {
  const scopes = [...new Set(text.split(',').map((scope) => scope.trim()))];
  const wrong = scopes.filter((scope) => !isScope(scope));
  if (wrong.length > 0)
    throw new UsageError(
      `No scope is "${wrong.join('", "')}". A scope is route:<name>, model:<id>, target:<name>, or * for all; several with commas.`,
    );
  return scopes.includes('*') ? ['*'] : scopes;
}
