import { type ApiKey, stateOfKey } from '@signalbox/limits/operator';
import type { Output } from '../output/output.ts';

/** A key with how it stands, as `--json` gives it. */
export function keyDocument(key: ApiKey, now: number) {
  return { ...key, state: stateOfKey(key, now) };
}

/** A new key: the token alone where a program reads it, what there is to know of it beside. */
export function printNewKey({ token, key }: { token: string; key: ApiKey }, { output, now, json = false }: PrintInput): void {
  if (json) {
    output.print(JSON.stringify({ token, ...keyDocument(key, now) }, null, 2));
    return;
  }
  output.print(token);
  output.note(`Key ${key.prefix} of tenant ${key.tenant}, scopes ${key.scopes.join(', ')}, ${describeExpiry(key)}.`);
  output.note('This is the only time that it is shown; what is kept is a hash of it.');
}

export type PrintInput = { output: Output; now: number; json?: boolean | undefined };

export function describeExpiry({ expiresAt }: Pick<ApiKey, 'expiresAt'>): string {
  return expiresAt === undefined ? 'without an expiry' : `expires ${expiresAt.slice(0, 16).replace('T', ' ')} UTC`;
}
