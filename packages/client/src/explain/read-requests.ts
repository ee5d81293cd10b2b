import { UsageError } from '../usage-error.ts';

/** A request as it stands in a file; `line` where it stands among others. */
export type RequestLine = { line: number; body: unknown } | { line: number; problem: string };
export type RequestText = { kind: 'single'; body: unknown } | { kind: 'lines'; lines: RequestLine[] };

/** Reads one request as JSON, or one on each line. `name` is shown in messages; a name that ends with jsonl or ndjson has lines. */
export function readRequests(text: string, { name }: { name: string }): RequestText {
  if (text.trim() === '') throw new UsageError(`${name} is empty. Write a request as JSON, or one on each line.`);
  if (/\.(jsonl|ndjson)$/.test(name)) return { kind: 'lines', lines: readLines(text) };
  const whole = parse(text);
  if ('body' in whole) return { kind: 'single', body: whole.body };
  // The first line of a spread-out JSON object is no JSON of its own.
  const [first = ''] = text.split('\n').filter((line) => line.trim() !== '');
  if (!isObject(parse(first))) throw new UsageError(`${name} is not JSON: ${whole.problem}`);
  return { kind: 'lines', lines: readLines(text) };
}

function readLines(text: string): RequestLine[] {
  const numbered = text.split('\n').map((content, index) => ({ content, line: index + 1 }));
  return numbered.filter(({ content }) => content.trim() !== '').map(({ content, line }) => ({ line, ...parse(content) }));
}

function parse(text: string): { body: unknown } | { problem: string } {
  try {
    return { body: JSON.parse(text) };
  } catch (error) {
    return { problem: (error as SyntaxError).message };
  }
}

function isObject(parsed: ReturnType<typeof parse>): boolean {
  return 'body' in parsed && typeof parsed.body === 'object' && parsed.body !== null && !Array.isArray(parsed.body);
}
