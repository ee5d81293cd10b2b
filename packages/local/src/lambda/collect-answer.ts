import type { AnswerWriter } from './answer-channel.ts';
import type { InvokeResult } from './function-definition.ts';
import { MAX_RESPONSE_BYTES, tooLargeResult } from './sandbox-results.ts';

/** Takes a streamed answer for a caller who wants it whole, as Lambda does when a streaming function is invoked the usual way. */
export function collectAnswer(): { writer: AnswerWriter; result(): InvokeResult } {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  let sandbox: { read(bytes: number): void } | undefined;
  return {
    writer: {
      attach(attached) {
        sandbox = attached;
      },
      start: () => undefined,
      push(piece) {
        bytes += piece.length;
        // Beyond the limit it is refused anyway, so nothing of it is kept.
        if (bytes <= MAX_RESPONSE_BYTES) pieces.push(piece);
        sandbox?.read(piece.length);
      },
      end: () => undefined,
      fail: () => undefined,
    },
    result: () =>
      bytes > MAX_RESPONSE_BYTES ? tooLargeResult() : { kind: 'success', payload: jsonOrText(Buffer.concat(pieces).toString()) },
  };
}

/** A streamed answer need not be JSON. */
function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
