// @ts-check
/** What a sandbox prints: every line goes to the host, in order with the results, and never to the host's own stdout. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { StringDecoder } from 'node:string_decoder';

/** @typedef {'stdout' | 'stderr'} Stream */

/** @type {(stream: Stream, lines: string[]) => void} */
let sendLines = () => undefined;

/** Takes over both streams and both descriptors; gives what sends the lines that have no end yet. @param {(stream: Stream, lines: string[]) => void} send */
export function captureOutput(send) {
  sendLines = send;
  captureStream('stdout');
  captureStream('stderr');
  captureDescriptors();
  return flushOutput;
}

/** @type {Record<Stream, { decoder: StringDecoder, rest: string }>} */
const output = {
  stdout: { decoder: new StringDecoder('utf8'), rest: '' },
  stderr: { decoder: new StringDecoder('utf8'), rest: '' },
};

/** @param {Stream} stream @param {string | NodeJS.ArrayBufferView} chunk @param {unknown} [encoding] */
function print(stream, chunk, encoding) {
  const target = output[stream];
  const bytes =
    typeof chunk === 'string'
      ? Buffer.from(chunk, typeof encoding === 'string' ? /** @type {BufferEncoding} */ (encoding) : 'utf8')
      : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const lines = (target.rest + target.decoder.write(bytes)).split('\n');
  target.rest = lines.pop() ?? '';
  if (lines.length > 0) sendLines(stream, lines);
  return bytes.byteLength;
}

/** Sends what has no line end yet: at the end of an invocation it will not get one. */
function flushOutput() {
  for (const stream of /** @type {Stream[]} */ (['stdout', 'stderr'])) {
    if (output[stream].rest !== '') print(stream, '\n');
  }
}

/** @param {Stream} stream */
function captureStream(stream) {
  /** @param {string | Uint8Array} chunk @param {unknown} [encoding] @param {unknown} [callback] */
  process[stream].write = (chunk, encoding, callback) => {
    print(stream, chunk, encoding);
    const done = typeof encoding === 'function' ? encoding : callback;
    if (typeof done === 'function') process.nextTick(done);
    return true;
  };
}

/** Loggers write to descriptor 1 directly for speed; in a thread that would be the host's stdout. */
function captureDescriptors() {
  /** @param {unknown} descriptor @returns {Stream | undefined} */
  const streamOf = (descriptor) => (descriptor === 1 ? 'stdout' : descriptor === 2 ? 'stderr' : undefined);
  const { writeSync, write, writeFileSync, appendFileSync } = fs;
  Object.assign(fs, {
    /** @param {number} descriptor @param {string | NodeJS.ArrayBufferView} data @param {unknown[]} rest */
    writeSync(descriptor, data, ...rest) {
      const stream = streamOf(descriptor);
      return stream === undefined ? Reflect.apply(writeSync, fs, [descriptor, data, ...rest]) : print(stream, data, rest[1]);
    },
    /** @param {number} descriptor @param {string | NodeJS.ArrayBufferView} data @param {unknown[]} rest */
    write(descriptor, data, ...rest) {
      const stream = streamOf(descriptor);
      if (stream === undefined) return Reflect.apply(write, fs, [descriptor, data, ...rest]);
      const written = print(stream, data);
      const callback = rest.at(-1);
      if (typeof callback === 'function') process.nextTick(() => callback(null, written, data));
      return undefined;
    },
    /** @param {unknown} file @param {string | NodeJS.ArrayBufferView} data @param {unknown} [options] */
    writeFileSync(file, data, options) {
      const stream = streamOf(file);
      return stream === undefined ? Reflect.apply(writeFileSync, fs, [file, data, options]) : void print(stream, data);
    },
    /** @param {unknown} file @param {string | NodeJS.ArrayBufferView} data @param {unknown} [options] */
    appendFileSync(file, data, options) {
      const stream = streamOf(file);
      return stream === undefined ? Reflect.apply(appendFileSync, fs, [file, data, options]) : void print(stream, data);
    },
  });
  syncBuiltinESMExports();
}
