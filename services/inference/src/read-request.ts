import { createHash } from 'node:crypto';
import {
  type ClaimCheck,
  DEFAULT_DEADLINE_MS,
  DEFAULT_TENANT,
  InferenceId,
  type InferenceRequest,
  isOwnPayload,
  MAX_DEADLINE_MS,
  MAX_INLINE_BYTES,
  MAX_PAYLOAD_BYTES,
  mergeContent,
  type Problem,
  parseInferenceRequest,
  payloadPrefix,
} from '@signalbox/contracts';
import { requestHash } from '@signalbox/runtime';
import type { Delivery } from './delivery.ts';

/** A request that is valid in itself; whether its payload is there and the table has its route are other questions. */
export type ReadRequest = {
  kind: 'request';
  id: string;
  tenant: string;
  hash: string;
  /** As it came; `readContent` puts the content of a claim check in place. */
  request: InferenceRequest;
  /** Milliseconds since the epoch. */
  deadline: number;
  /** Fields of a newer minor version that were ignored. */
  notes: string[];
};
/** A message that will never be a request that can be taken. With a `hash`, its body was well formed: the gateway may have accepted it. */
export type Refusal = { kind: 'refusal'; reason: RejectionReason; problems: Problem[]; id?: string; tenant?: string; hash?: string };
export type RejectionReason =
  | 'malformed'
  | 'too-large'
  | 'unsupported-version'
  | 'payload-missing'
  | 'payload-foreign'
  | 'payload-digest'
  | 'payload-too-large'
  | 'payload-malformed'
  | 'deadline-too-far'
  | 'unknown-route'
  | 'unknown-reply-queue'
  | 'id-reused';

export type ReadOutcome = ReadRequest | Refusal | { kind: 'newer-major'; version: string; refusal: Refusal };

/** The object's bytes; undefined when there is none; `too-large` when it exceeds the limit. Rejects when the store cannot be reached. */
export type ReadPayload = (key: string, limits: { maxBytes: number }) => Promise<Uint8Array | 'too-large' | undefined>;

/** Reads one message: JSON, contract, deadline. */
export function readRequest(delivery: Delivery): ReadOutcome {
  const body = parseJson(delivery.body);
  if (body === undefined) return refuse('malformed', [{ path: '', message: 'must be JSON' }]);
  const given = identityOf(body);
  if (Buffer.byteLength(delivery.body) > MAX_INLINE_BYTES) {
    return refuse(
      'too-large',
      [{ path: '', message: `must be at most ${MAX_INLINE_BYTES} bytes; put the content in S3 and send a claim check in "payload"` }],
      given,
    );
  }
  const parsed = parseInferenceRequest(body);
  if (parsed.kind === 'invalid') return refuse('malformed', parsed.problems, given);
  if (parsed.kind === 'newer-major') {
    const problems = [
      { path: 'schemaVersion', message: `"${parsed.version}" is newer than this installation reads; update it or send an older version` },
    ];
    return { kind: 'newer-major', version: parsed.version, refusal: refuse('unsupported-version', problems, given) };
  }
  const { request, notes } = parsed;
  const tenant = request.tenant ?? DEFAULT_TENANT;
  const id = request.id ?? delivery.origin;
  const hash = requestHash(body as object);
  const deadline = request.deadline === undefined ? delivery.acceptedAt + DEFAULT_DEADLINE_MS : Date.parse(request.deadline);
  if (deadline - delivery.acceptedAt > MAX_DEADLINE_MS) {
    return refuse('deadline-too-far', [{ path: 'deadline', message: `must be at most ${MAX_DEADLINE_MS / 86_400_000} days from now` }], {
      id,
      tenant,
      hash,
    });
  }
  return { kind: 'request', id, tenant, hash, request, deadline, notes };
}

type ContentInput = { read: ReadRequest; bucket: string; readPayload: ReadPayload };

/** Puts the content of a claim check in its place. Rejects only when the payload store cannot be reached. */
export async function readContent({ read, bucket, readPayload }: ContentInput): Promise<ReadRequest | Refusal> {
  const { request, id, tenant, hash } = read;
  if (!request.payload) return read;
  const content = await readClaimCheck({ request, check: request.payload, tenant, bucket, readPayload });
  if (content.kind === 'refusal') return { ...content, id, tenant, hash };
  return { ...read, request: content.request, notes: [...read.notes, ...content.notes] };
}

type ClaimCheckInput = { request: InferenceRequest; check: ClaimCheck; tenant: string; bucket: string; readPayload: ReadPayload };

type Content = { kind: 'content'; request: InferenceRequest; notes: string[] };

async function readClaimCheck({ request, check, tenant, bucket, readPayload }: ClaimCheckInput): Promise<Content | Refusal> {
  if (!isOwnPayload(check, { tenant, bucket })) {
    return refuse('payload-foreign', [
      { path: 'payload.key', message: `must lie in this installation's bucket under "${payloadPrefix(tenant)}"` },
    ]);
  }
  const bytes = await readPayload(check.key, { maxBytes: MAX_PAYLOAD_BYTES });
  if (bytes === undefined)
    return refuse('payload-missing', [{ path: 'payload.key', message: 'names no object; upload it before sending the request' }]);
  if (bytes === 'too-large')
    return refuse('payload-too-large', [{ path: 'payload', message: `must be at most ${MAX_PAYLOAD_BYTES} bytes` }]);
  if (createHash('sha256').update(bytes).digest('hex') !== check.sha256) {
    return refuse('payload-digest', [
      { path: 'payload.sha256', message: 'is not the SHA-256 of the object; the upload was cut or replaced' },
    ]);
  }
  const text = decodeUtf8(bytes);
  if (text === undefined) return refuse('payload-malformed', [{ path: 'payload', message: 'must be UTF-8' }]);
  const merged = mergeContent(request, parseJson(text));
  if (merged.kind === 'valid') return { kind: 'content', request: merged.request, notes: merged.notes };
  return refuse('payload-malformed', merged.kind === 'invalid' ? merged.problems : []);
}

/** The id and tenant that a refused body gave, if they are well formed: its rejection is then noted under them. */
function identityOf(body: unknown): { id?: string; tenant?: string } {
  const { id, tenant } = (typeof body === 'object' && body !== null ? body : {}) as { id?: unknown; tenant?: unknown };
  const wellFormed = (value: unknown): value is string => InferenceId.safeParse(value).success;
  return { ...(wellFormed(id) ? { id } : {}), ...(wellFormed(tenant) && /^[a-z0-9-]{1,63}$/.test(tenant) ? { tenant } : {}) };
}

function refuse(reason: RejectionReason, problems: Problem[], identity: Pick<Refusal, 'id' | 'tenant' | 'hash'> = {}): Refusal {
  return { kind: 'refusal', reason, problems, ...identity };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is an answer, not a failure: the caller refuses the message for it.
    return undefined;
  }
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Broken UTF-8 likewise.
    return undefined;
  }
}
