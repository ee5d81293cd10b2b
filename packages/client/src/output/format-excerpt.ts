type ExcerptInput = { source: string; line: number; column: number };

/** The longest part of a line that is shown. */
const WIDEST_LINE = 100;
/** Control characters but the tab. */
const CONTROL = /(?!\t)\p{Cc}/gu;

/** The line of the source with a caret under its column, as compilers show it; undefined when the source has no such line. */
export function formatExcerpt({ source, line, column }: ExcerptInput): string | undefined {
  const text = source.split(/\r?\n/)[line - 1];
  if (text === undefined || text.trim() === '') return undefined;
  // Far into a long line only what stands around the column is of use.
  const from = column > WIDEST_LINE ? column - WIDEST_LINE / 2 : 0;
  // What a file holds must not steer the terminal.
  const shown = text.slice(from, from + WIDEST_LINE).replaceAll(CONTROL, '\u{FFFD}');
  const gutter = String(line).padStart(5);
  // Tabs stay tabs, so that the caret stands where the terminal puts the letter.
  const indent = shown.slice(0, column - 1 - from).replaceAll(/[^\t]/g, ' ');
  return `${gutter} | ${shown}\n${' '.repeat(gutter.length)} | ${indent}^`;
}
