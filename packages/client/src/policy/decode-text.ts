import { UsageError } from '../usage-error.ts';

/** The text of a file or of standard input, without a byte order mark. `name` is shown where it is no text in UTF-8. */
export function decodeText(bytes: Uint8Array, name: string): string {
  const text = decode(bytes);
  // UTF-16, as some editors and shells of Windows write it, is full of zeros where it is not refused at its first bytes.
  if (text === undefined || text.includes('\0')) throw new UsageError(`${name} is not text in UTF-8; save it in that encoding.`);
  return text;
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // The only thing that a decoder throws for is what the caller says.
    return undefined;
  }
}
