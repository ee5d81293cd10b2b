import type { InvokeError } from './function-definition.ts';

/** The sandbox's end of an answer that is read as it comes. */
export type AnswerWriter = {
  /** Given before the invocation begins: how to tell the sandbox that bytes were read, and that nobody will read any more. */
  attach(sandbox: { read(bytes: number): void; close(): void }): void;
  /** The first bytes are about to come, or the end. */
  start(contentType: string): void;
  push(bytes: Uint8Array): void;
  /** The answer is whole. */
  end(): void;
  /** The answer breaks off here; nothing when it has ended. */
  fail(error: InvokeError): void;
};

/** The caller's end. */
export type AnswerReader = {
  /** Resolves with the first bytes or the end; undefined when the invocation failed before either. */
  contentType: Promise<string | undefined>;
  /** To be read once. A chunk counts as read when the next is asked for. Throws `InvocationError` where the answer breaks off. */
  chunks(): AsyncGenerator<Uint8Array, void, void>;
  /** Nobody reads any more: chunks() ends, and the sandbox's stream is destroyed. */
  cancel(): void;
  /** Bytes that came and were not read. */
  unreadBytes(): number;
};

/** An invocation whose answer breaks off, or never begins. */
export class InvocationError extends Error {
  readonly result: InvokeError;

  constructor(result: InvokeError) {
    super(`${result.fault}: ${result.errorType}: ${result.message}`);
    this.name = 'InvocationError';
    this.result = result;
  }
}

type State = { kind: 'open' } | { kind: 'ended' } | { kind: 'failed'; error: InvokeError } | { kind: 'cancelled' };

/** Carries an answer from a sandbox to its caller. It holds no more than the sandbox may send unread. */
export function createAnswerChannel(): { writer: AnswerWriter; reader: AnswerReader } {
  const queue: Uint8Array[] = [];
  const begun = Promise.withResolvers<string | undefined>();
  let unread = 0;
  let state: State = { kind: 'open' };
  let sandbox: { read(bytes: number): void; close(): void } | undefined;
  let arrival = Promise.withResolvers<void>();

  const wake = () => {
    arrival.resolve();
    arrival = Promise.withResolvers();
  };
  const finish = (next: State) => {
    if (state.kind !== 'open') return;
    state = next;
    begun.resolve(undefined);
    wake();
  };

  async function* chunks(): AsyncGenerator<Uint8Array, void, void> {
    for (;;) {
      const bytes = state.kind === 'cancelled' ? undefined : queue.shift();
      if (bytes !== undefined) {
        yield bytes;
        if (state.kind !== 'cancelled') unread -= bytes.length;
        sandbox?.read(bytes.length);
      } else if (state.kind === 'failed') throw new InvocationError(state.error);
      else if (state.kind !== 'open') return;
      else await arrival.promise;
    }
  }

  return {
    writer: {
      attach(attached) {
        sandbox = attached;
        if (state.kind === 'cancelled') sandbox.close();
      },
      start: (contentType) => begun.resolve(contentType),
      push(bytes) {
        if (state.kind !== 'open') return;
        unread += bytes.length;
        queue.push(bytes);
        wake();
      },
      end: () => finish({ kind: 'ended' }),
      fail: (error) => finish({ kind: 'failed', error }),
    },
    reader: {
      contentType: begun.promise,
      chunks,
      cancel() {
        if (state.kind !== 'open') return;
        finish({ kind: 'cancelled' });
        queue.length = 0;
        unread = 0;
        sandbox?.close();
      },
      unreadBytes: () => unread,
    },
  };
}
