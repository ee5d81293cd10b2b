import { EventStreamCodec } from '@smithy/eventstream-codec';

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
);

/** One event of an `application/vnd.amazon.eventstream` answer. */
export function eventFrame(type: string, payload: unknown): Uint8Array {
  return frame({ ':message-type': 'event', ':event-type': type }, payload);
}

/** An event whose payload is bytes. */
export function blobFrame(type: string, bytes: Uint8Array): Uint8Array {
  return encode({ ':message-type': 'event', ':event-type': type, ':content-type': 'application/octet-stream' }, bytes);
}

/** An exception that ends a stream. */
export function exceptionFrame(type: string, payload: unknown): Uint8Array {
  return frame({ ':message-type': 'exception', ':exception-type': type }, payload);
}

/** An event whose checksum does not fit its bytes. */
export function corruptedFrame(type: string, payload: unknown): Uint8Array {
  const bytes = eventFrame(type, payload);
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) ^ 0xff;
  return bytes;
}

function frame(headers: Record<string, string>, payload: unknown): Uint8Array {
  return encode({ ...headers, ':content-type': 'application/json' }, Buffer.from(JSON.stringify(payload)));
}

function encode(headers: Record<string, string>, body: Uint8Array): Uint8Array {
  const typed = Object.entries(headers).map(([name, value]) => [name, { type: 'string' as const, value }]);
  return codec.encode({ headers: Object.fromEntries(typed), body });
}
