import { createHash } from 'node:crypto';
import {
  DEFAULT_TENANT,
  escapeForSqs,
  InferenceContent,
  InferenceRequest,
  MAX_INLINE_BYTES,
  MAX_PAYLOAD_BYTES,
  type Problem,
  parseInferenceRequest,
  SCHEMA_VERSION,
} from '@signalbox/contracts';
import { canonicalHash } from './canonical-hash.ts';

/** A request as a producer writes it: the version may be left out. */
export type ProducerRequest = Omit<InferenceRequest, 'schemaVersion'> & { schemaVersion?: string };

/** A request ready for its queue. */
export type PreparedRequest = {
  id: string;
  /** The body, in characters that SQS takes. */
  body: string;
  /** UTF-8 bytes of the body. */
  bytes: number;
  /** For the fair queue: one tenant's flood does not hold up the others. */
  groupId?: string;
  /** To be put into S3 before the body is sent. */
  payload?: { key: string; sha256: string; content: Uint8Array };
};
/** How requests leave: as messages, or by the API, which has its own rules for the tenant and the size. */
export type Way = 'queues' | 'gateway';
type Preparing = {
  /** There is a place for content that is too large for a message. */
  hasBucket: boolean;
  way?: Way | undefined;
};
export type Preparation = { kind: 'prepared'; prepared: PreparedRequest } | { kind: 'invalid'; problems: Problem[] };

/** What the worker leaves out when it compares two requests of one id: it may change when a request is sent again. */
const NOT_IDENTIFYING = ['deadline', 'priority', 'labels', 'traceparent'];
/** The gateway writes the tenant into the message, of at most 63 characters. */
const ROOM_FOR_TENANT = 128;
const CONTENT_FIELDS = Object.keys(InferenceContent.shape) as (keyof InferenceContent)[];

/**
 * Validates a request, gives it an id when it has none – the hash of what is asked, so that the same request sent again is the same
 * inference – and moves content that is too large for a message behind a claim check.
 */
export function prepareRequest(given: unknown, { hasBucket, way = 'queues' }: Preparing): Preparation {
  const parsed = parseInferenceRequest(withVersion(given));
  if (parsed.kind === 'newer-major')
    return invalid('schemaVersion', `"${parsed.version}" is newer than this client knows; write "${SCHEMA_VERSION}", or leave it out`);
  if (parsed.kind === 'invalid') return parsed;
  if (parsed.notes.length > 0) return invalid('', `has what version ${SCHEMA_VERSION} does not know: ${parsed.notes.join('; ')}`);
  if (way === 'gateway' && parsed.request.tenant !== undefined)
    return invalid('tenant', 'is not taken by the API, for the key says who asks; remove it');
  const maxBytes = way === 'gateway' ? MAX_INLINE_BYTES - ROOM_FOR_TENANT : MAX_INLINE_BYTES;
  const whole = withId(parsed.request);
  if (whole.bytes <= maxBytes) return { kind: 'prepared', prepared: whole };
  if (parsed.request.payload)
    return invalid('', `is ${whole.bytes} bytes beside its payload, of at most ${maxBytes}; shorten what stands outside it`);
  if (!hasBucket)
    return invalid('', `is ${whole.bytes} bytes, above the ${maxBytes} of a message; give the producer the data bucket ("bucket")`);
  return behindClaimCheck(parsed.request, maxBytes);
}

function behindClaimCheck(request: InferenceRequest, maxBytes: number): Preparation {
  const fields = CONTENT_FIELDS.filter((field) => request[field] !== undefined);
  const content = Buffer.from(JSON.stringify(Object.fromEntries(fields.map((field) => [field, request[field]]))));
  if (content.length > MAX_PAYLOAD_BYTES) return invalid('', `has ${content.length} bytes of content, of at most ${MAX_PAYLOAD_BYTES}`);
  const sha256 = createHash('sha256').update(content).digest('hex');
  // By its digest: sent again it is the same object, not one more.
  const key = `payloads/${request.tenant ?? DEFAULT_TENANT}/${sha256}.json`;
  const rest = Object.fromEntries(Object.entries(request).filter(([name]) => !fields.includes(name as keyof InferenceContent)));
  const small = withId(InferenceRequest.parse({ ...rest, payload: { key, sha256 } }));
  if (small.bytes > maxBytes)
    return invalid('', `is ${small.bytes} bytes without its content, of at most ${maxBytes}; shorten its labels and configuration`);
  return { kind: 'prepared', prepared: { ...small, payload: { key, sha256, content } } };
}

function withId(request: InferenceRequest): PreparedRequest {
  const id = request.id ?? idOf(request);
  const body = escapeForSqs(JSON.stringify({ ...request, id }));
  return { id, body, bytes: Buffer.byteLength(body), ...(request.tenant !== undefined && { groupId: request.tenant }) };
}

/** The same for the same request, wherever and whenever it is computed. */
function idOf(request: InferenceRequest): string {
  const asked = Object.entries(request)
    .filter(([name]) => !NOT_IDENTIFYING.includes(name))
    .map(([name, value]) => [name, name === 'payload' ? { sha256: request.payload?.sha256 } : value]);
  return `req-${canonicalHash(Object.fromEntries(asked)).slice(0, 40)}`;
}

function withVersion(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  // Undefined members do not survive JSON, and are no fields.
  return { schemaVersion: SCHEMA_VERSION, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
}

function invalid(path: string, message: string): Preparation & { kind: 'invalid' } {
  return { kind: 'invalid', problems: [{ path, message }] };
}
