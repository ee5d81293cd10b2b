import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { asRecord } from '../read-json.ts';
import { StreamContentError } from '../stream-blocks.ts';
import { ProviderError } from './provider-error.ts';
import { parseJson } from './read-body.ts';

/** Longest answer that is kept together before it is read: one event, or a whole document. In characters. */
const MAX_CHARACTERS = 16 * 1024 * 1024;

export type ChunkSource = {
  body: AsyncIterable<Uint8Array>;
  /** Called at `[DONE]`: after it, only the end of the body is still to come. */
  onDone?: () => void;
};

/**
 * The JSON values of a streamed answer: the events of a server-sent stream, or the one document of a server that answered
 * whole although it was asked to stream. Throws `StreamContentError` for what cannot be read, and `ProviderError` for an
 * event that is an error.
 */
export async function* readChunks({ body, onDone }: ChunkSource): AsyncGenerator<unknown, void, undefined> {
  const reader = createReader();
  for await (const piece of body) {
    if (reader.isDone()) continue;
    yield* reader.feed(piece);
    if (reader.isDone()) onDone?.();
  }
  yield* reader.end();
}

/** What a piece of text completes is given lazily, so that what stands before an unreadable event is used. */
type Reader<Piece> = { feed: (piece: Piece) => Iterable<unknown>; end: () => Iterable<unknown>; isDone: () => boolean };

/** Waits for the first character that says something: an object is a document, anything else a stream of events. */
function createReader(): Reader<Uint8Array> {
  const decoder = new TextDecoder();
  let opening = '';
  let reader: Reader<string> | undefined;
  const feed = (text: string): Iterable<unknown> => {
    if (reader) return reader.feed(text);
    opening += text;
    if (opening.trim() === '') return [];
    reader = opening.trimStart().startsWith('{') ? createDocumentReader() : createEventReader();
    return reader.feed(opening);
  };
  return {
    feed: (piece) => feed(decoder.decode(piece, { stream: true })),
    end: function* () {
      yield* feed(decoder.decode());
      yield* reader?.end() ?? [];
    },
    isDone: () => reader?.isDone() ?? false,
  };
}

function createDocumentReader(): Reader<string> {
  const pieces: string[] = [];
  let characters = 0;
  return {
    feed: (text) => {
      pieces.push(text);
      characters += text.length;
      if (characters > MAX_CHARACTERS) throw new StreamContentError('the answer is longer than any answer');
      return [];
    },
    end: function* () {
      yield checkChunk(parseJson(pieces.join('')));
    },
    isDone: () => false,
  };
}

function createEventReader(): Reader<string> {
  let events: EventSourceMessage[] = [];
  let isDone = false;
  const parser = createParser({ onEvent: (event) => events.push(event), maxBufferSize: MAX_CHARACTERS });
  function* take(text: string, read: (event: EventSourceMessage) => unknown): Generator<unknown> {
    feedParser(parser, text);
    const taken = events;
    events = [];
    for (const event of taken) {
      isDone ||= event.data.trim() === '[DONE]';
      if (isDone) return;
      const chunk = event.data.trim() === '' ? undefined : read(event);
      if (chunk !== undefined) yield chunk;
    }
  }
  return {
    feed: (text) => take(text, readEvent),
    // A server may forget the empty line after its last event; one that was cut there is left to the missing finish reason.
    end: () => take('\n\n', (event) => (isJson(event.data) ? readEvent(event) : undefined)),
    isDone: () => isDone,
  };
}

/** The parser refuses what does not end with an error of its own kind. */
function feedParser(parser: { feed: (text: string) => void }, text: string): void {
  try {
    parser.feed(text);
  } catch (cause) {
    throw new StreamContentError('an event of the stream does not end', { cause });
  }
}

function readEvent({ event, data }: EventSourceMessage): unknown {
  if (event === 'error') throw new ProviderError({ body: isJson(data) ? JSON.parse(data) : data });
  return checkChunk(parseJson(data));
}

/** A chunk or a whole answer, unless it is an error that came with a success for its status. Throws `ProviderError`. */
export function checkChunk(chunk: unknown): unknown {
  const { error, object } = asRecord(chunk);
  if ((error !== undefined && error !== null) || object === 'error') throw new ProviderError({ body: chunk });
  return chunk;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
