// @ts-check
/**
 * What Lambda's Node.js runtime has for handlers that stream: `globalThis.awslambda`, and the stream that they write to.
 *
 * As there, the metadata of `HttpResponseStream.from` goes out before the first `write`: an answer that is only an `end` has none.
 *
 * @import { StreamMessage } from './sandbox-protocol.ts'
 */
import { Writable } from 'node:stream';

const STREAMS = Symbol.for('aws.lambda.runtime.handler.streaming');
const HIGH_WATER_MARK = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');
const METADATA_TYPE = 'application/vnd.awslambda.http-integration-response';
const DELIMITER_BYTES = 8;

/** Bytes that may be on their way to a reader, or wait for it, outside the sandbox. */
const WINDOW_BYTES = 65_536;
const PIECE_BYTES = 16_384;

/** @typedef {(event: unknown, responseStream: ResponseStream, context: object) => unknown} StreamingHandler */
/** @typedef {{ chunk: Uint8Array, offset: number, callback: () => void }} Pending */

/** Puts `awslambda` in the global scope, as it is before a bundle is loaded. */
export function provideAwsLambda() {
  Object.assign(globalThis, {
    awslambda: {
      /** @param {object} handler @param {{ highWaterMark?: number }} [options] */
      streamifyResponse(handler, options) {
        return Object.assign(handler, { [STREAMS]: 'response', [HIGH_WATER_MARK]: options?.highWaterMark });
      },
      HttpResponseStream: {
        /** @param {ResponseStream} stream @param {unknown} metadata */
        from(stream, metadata) {
          stream.setContentType(METADATA_TYPE);
          stream._onBeforeFirstWrite = (write) => {
            write(JSON.stringify(metadata));
            write(new Uint8Array(DELIMITER_BYTES));
          };
          return stream;
        },
      },
    },
  });
}

/** Whether a handler was made by `streamifyResponse`. @param {unknown} handler @returns {handler is StreamingHandler} */
export function isStreamingHandler(handler) {
  return typeof handler === 'function' && STREAMS in handler;
}

/** @param {StreamingHandler} handler @returns {number | undefined} bytes */
export function highWaterMarkOf(handler) {
  const value = /** @type {Record<symbol, unknown>} */ (/** @type {unknown} */ (handler))[HIGH_WATER_MARK];
  return typeof value === 'number' ? value : undefined;
}

/** The answer of one invocation. It sends no more than its reader has room for, so `write` says false until that has read. */
export class ResponseStream extends Writable {
  /** @type {((write: (chunk: string | Uint8Array) => void) => void) | undefined} */
  _onBeforeFirstWrite;
  /** @type {(message: StreamMessage) => void} */
  #send;
  #contentType = 'application/octet-stream';
  #credit = WINDOW_BYTES;
  #isBegun = false;
  #isStarted = false;
  /** @type {Pending | undefined} */
  #pending;

  /** @param {{ send: (message: StreamMessage) => void, highWaterMark: number | undefined }} options */
  constructor({ send, highWaterMark }) {
    super(highWaterMark === undefined ? {} : { highWaterMark });
    this.#send = send;
    // A reader that left is no reason for a crash: who wants to know listens as well, or looks at `destroyed`.
    this.on('error', () => undefined);
  }

  /** @param {string} contentType */
  setContentType(contentType) {
    if (this.#isBegun) throw Object.assign(new Error('Cannot set content-type, too late.'), { name: 'InvalidStreamingOperation' });
    this.#contentType = contentType;
  }

  /** @override @param {any} chunk @param {any} [encoding] @param {any} [callback] @returns {boolean} */
  write(chunk, encoding, callback) {
    if (!this.#isBegun) {
      this.#isBegun = true;
      this._onBeforeFirstWrite?.((metadata) => void super.write(metadata));
    }
    // Anything that is neither text nor bytes goes out as JSON, as on Lambda.
    const data = typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk : JSON.stringify(chunk);
    return super.write(data, encoding, callback);
  }

  /** @override @param {Uint8Array} chunk @param {string} _encoding @param {() => void} callback */
  _write(chunk, _encoding, callback) {
    this.#pending = { chunk, offset: 0, callback };
    this.#sendPending();
  }

  /** @override @param {() => void} callback */
  _final(callback) {
    this.#start();
    this.#send({ kind: 'stream-ended' });
    callback();
  }

  /** So many bytes were read. @param {number} bytes */
  grant(bytes) {
    this.#credit += bytes;
    this.#sendPending();
  }

  #start() {
    if (!this.#isStarted) this.#send({ kind: 'stream-started', contentType: this.#contentType });
    this.#isStarted = true;
  }

  #sendPending() {
    const pending = this.#pending;
    if (pending === undefined || this.destroyed) return;
    this.#start();
    while (this.#credit > 0 && pending.offset < pending.chunk.length) {
      const end = Math.min(pending.chunk.length, pending.offset + Math.min(this.#credit, PIECE_BYTES));
      // A copy of its own: what crosses to the other thread takes its whole buffer along.
      const bytes = Uint8Array.prototype.slice.call(pending.chunk, pending.offset, end);
      this.#credit -= bytes.length;
      pending.offset = end;
      this.#send({ kind: 'stream-chunk', bytes });
    }
    if (pending.offset < pending.chunk.length) return;
    this.#pending = undefined;
    pending.callback();
  }
}
