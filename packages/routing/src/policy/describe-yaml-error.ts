import type { YAMLError } from 'yaml';

const ADVICE: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'write spaces',
  MULTIPLE_DOCS: 'remove the line ---',
  BAD_DQ_ESCAPE: 'write the text in single quotes',
  BAD_SCALAR_START: 'write the text in quotes',
};

/** What the YAML library says of a text, and what to do about it. */
export function describeYamlError({ code, message, pos: [start] }: YAMLError, text: string): string {
  if (code === 'DUPLICATE_KEY') {
    const [key = ''] = /^[^:\n]*/.exec(text.slice(start)) ?? [];
    return `"${key.trim()}" stands here a second time; remove one, or give it another name`;
  }
  const advice = ADVICE[code] ?? 'look for a missing bracket, quote or colon here or in the line above';
  return `is not valid YAML: ${message.replace(/\.$/, '')}; ${advice}`;
}
