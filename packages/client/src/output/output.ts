import { styleText } from 'node:util';

export type Format = Parameters<typeof styleText>[0];

/** Where a command writes: what was asked for apart from what is said about it, so that the first can be piped. */
export type Output = {
  /** A line, or several, of what was asked for. */
  print(text: string): void;
  /** A line, or several, beside it: summaries, hints, errors. */
  note(text: string): void;
  /** Replaces the last status line on a terminal; elsewhere a line of its own. An empty text takes the line away. */
  status(text: string): void;
  /** Colours for what `print` gets; nothing where there are none. */
  style(format: Format, text: string): string;
  /** Characters in a line of the terminal; undefined when the output goes to a file or another program. */
  columns: number | undefined;
};

type Stream = { write(text: string): unknown; isTTY?: boolean; columns?: number };
type OutputOptions = { stdout: Stream; stderr: Stream; environment: Readonly<Record<string, string | undefined>> };

const USUAL_COLUMNS = 80;
const ERASE_LINE = '\r\u001b[2K';

export function createOutput({ stdout, stderr, environment }: OutputOptions): Output {
  const hasColours = stdout.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb';
  return {
    print: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    status: createStatus(stderr, environment),
    style: (format, text) => (hasColours ? styleText(format, text, { validateStream: false }) : text),
    columns: stdout.isTTY ? stdout.columns || USUAL_COLUMNS : undefined,
  };
}

function createStatus(stderr: Stream, environment: OutputOptions['environment']): Output['status'] {
  let last = '';
  return (text) => {
    if (text === last) return;
    last = text;
    if (stderr.isTTY && environment.TERM !== 'dumb') stderr.write(`${ERASE_LINE}${text.slice(0, (stderr.columns || USUAL_COLUMNS) - 1)}`);
    else if (text !== '') stderr.write(`${text}\n`);
  };
}
