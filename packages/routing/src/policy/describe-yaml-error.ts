import type { YAMLError } from 'yaml';

const ADVICE: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'write spaces',
  MULTIPLE_DOCS: 'remove the line ---',
  BAD_DQ_ESCAPE: 'write the text in single quotes',
  BAD_SCALAR_START: 'write the text in quotes',
  BAD_ALIAS: 'write the text in quotes, or without the *',
  BLOCK_AS_IMPLICIT_KEY: 'look for a line below that is indented too far, or write a text that has a colon in quotes',
  TAG_RESOLVE_FAILED: 'write the value itself, without a tag',
};

/** What the YAML library says of a text, and what to do about it. */
export function describeYamlError(error: YAMLError, text: string): string {
  const {
    code,
    message,
    pos: [start],
  } = error;
  if (code === 'DUPLICATE_KEY') {
    const [key = ''] = /^[^:\n]*/.exec(text.slice(start)) ?? [];
    return `"${key.trim().replace(/^(["'])(.*)\1$/, '$2')}" stands here a second time; remove one, or give it another name`;
  }
  if (isQuoteOpen(error)) return 'is not valid YAML: this quote is never closed; close it';
  // Brackets that are not closed have the same code as lines in the wrong column.
  if (message.includes('same column'))
    return 'is not valid YAML: it begins in another column than what stands beside it; indent both alike';
  const advice = ADVICE[code] ?? 'look for a missing bracket, quote or colon, or a space after a colon, here or in the line above';
  return `is not valid YAML: ${message.replace(/\.$/, '')}; ${advice}`;
}

/** True for a text in quotes that runs to the end of the file. */
export function isQuoteOpen({ code, message }: YAMLError): boolean {
  return code === 'MISSING_CHAR' && /closing .quote/.test(message);
}
