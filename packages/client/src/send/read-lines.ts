/** A line of a file: its text, or why it has none. `number` counts from 1, `endOffset` is the bytes read up to its end. */
export type Line = { number: number; endOffset: number } & ({ kind: 'text'; text: string } | { kind: 'unreadable'; problem: string });

/** A request of 20 MB of content in JSON, and some room for its escapes. */
const MAX_LINE_BYTES = 48 * 1024 * 1024;
const NEWLINE = 10;

type ReadOptions = { maxLineBytes?: number };

/** Lines one at a time; never more in memory than one of them and a chunk. Empty lines are counted and not given. */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  { maxLineBytes = MAX_LINE_BYTES }: ReadOptions = {},
): AsyncGenerator<Line> {
  let pieces: Uint8Array[] = [];
  let held = 0;
  let length = 0;
  let number = 0;
  let offset = 0;

  const keep = (piece: Uint8Array) => {
    length += piece.length;
    offset += piece.length;
    // The rest of a line that is too long is counted, not kept.
    if (length > maxLineBytes) pieces = [];
    else pieces.push(piece);
    held = pieces.length;
  };
  const take = (): Line | undefined => {
    number += 1;
    const place = { number, endOffset: offset };
    const line: Line =
      length > maxLineBytes
        ? { ...place, kind: 'unreadable', problem: `is ${length} bytes long, of at most ${maxLineBytes}` }
        : decode(Buffer.concat(pieces), place);
    [pieces, held, length] = [[], 0, 0];
    return line.kind === 'text' && line.text.trim() === '' ? undefined : line;
  };

  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      keep(chunk.subarray(from, end));
      offset += 1;
      const line = take();
      if (line) yield line;
      from = end + 1;
    }
    if (from < chunk.length) keep(Uint8Array.from(chunk.subarray(from)));
  }
  const last = length > 0 || held > 0 ? take() : undefined;
  if (last) yield last;
}

function decode(bytes: Uint8Array, place: { number: number; endOffset: number }): Line {
  try {
    // A mark of byte order at its start is dropped by the decoder.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { ...place, kind: 'text', text: text.endsWith('\r') ? text.slice(0, -1) : text };
  } catch {
    // Broken text is a problem of that line alone: its reader reports it.
    return { ...place, kind: 'unreadable', problem: 'is not UTF-8; save the file as UTF-8' };
  }
}
