/** Text of unknown origin for a terminal: what would move the cursor, or worse, is shown and not done. Lines and tabs stay. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are meant.
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** The same in one line. */
export function printableLine(text: string): string {
  return printable(text.replace(/\s+/g, ' '));
}
