import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { noSuchKey } from './key-prefix.ts';
import type { KeyStore } from './key-store.ts';
import { keyDocument, type PrintInput } from './print-key.ts';

/** Ends a key for good. */
export async function revokeKey(
  prefix: string,
  { store, output, now, json = false }: PrintInput & { store: Pick<KeyStore, 'revoke'> },
): Promise<ExitCode> {
  const key = await store.revoke(prefix, new Date(now).toISOString());
  if (!key) throw noSuchKey(prefix);
  if (json) output.print(JSON.stringify(keyDocument(key, now), null, 2));
  output.note(`Key ${prefix} of tenant ${key.tenant} is revoked. It is refused everywhere within 30 seconds.`);
  return EXIT_CODE.ok;
}
