import { UsageError } from '../usage-error.ts';

/** The prefix that names a key, from what somebody typed: the prefix, or the key's beginning as `sbx_<prefix>`. */
export function toKeyPrefix(text: string): string {
  const [, prefix] = /^(?:sbx_)?([0-9a-z]{4,32})$/.exec(text) ?? [];
  if (prefix !== undefined) return prefix;
  const hint = /^sbx_[0-9a-z]+_/.test(text) ? ' Give the part between the underscores; the rest of a key is secret.' : '';
  throw new UsageError(`That is no key's prefix, such as 3f9a0c12.${hint} See: signalbox keys list`);
}

export function noSuchKey(prefix: string): UsageError {
  return new UsageError(`There is no key ${prefix}. See: signalbox keys list`);
}
