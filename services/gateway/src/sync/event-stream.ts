import type { StreamReply } from '@signalbox/runtime';

type StreamWriter = ReturnType<StreamReply['open']>;

/** An answer of server-sent events that begins when there is something to say. */
export type EventStream = {
  /** False while the caller could still be answered with a status of its own. */
  isOpen: () => boolean;
  /** Sends events; the first call begins the answer with these headers, which later ones cannot change. */
  write(text: string, headers: Record<string, string>): Promise<void>;
  /** No more comments; to be called whatever comes. */
  quiet(): void;
  end(): Promise<void>;
};

/** Proxies drop a line that is silent for half a minute or so; a failure before this still gets a status of its own. */
const KEEP_ALIVE_MS = 10_000;

const HEADERS = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'x-accel-buffering': 'no' } as const;

type Options = {
  reply: Pick<StreamReply, 'open'>;
  /** A comment, which clients skip. */
  comment: string;
  /** Of an answer that begins with a comment, before anybody answered. */
  headers: Record<string, string>;
  keepAliveMs?: number;
};

/** Begins an answer lazily, and keeps its line alive by comments until the first event. */
export function createEventStream({ reply, comment, headers, keepAliveMs = KEEP_ALIVE_MS }: Options): EventStream {
  let writer: StreamWriter | undefined;
  const open = (more: Record<string, string>) => {
    writer ??= reply.open({ status: 200, headers: { ...HEADERS, ...more } });
    return writer;
  };
  // A reader that does not take a comment takes no answer either: nothing is gained by waiting for it here.
  const timer = setInterval(() => void open(headers).write(comment), keepAliveMs);
  const quiet = () => clearInterval(timer);
  return {
    isOpen: () => writer !== undefined,
    quiet,
    async write(text, more) {
      quiet();
      await open(more).write(text);
    },
    async end() {
      quiet();
      await writer?.end();
    },
  };
}
