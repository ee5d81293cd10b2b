import {
  DEFAULT_DEADLINE_MS,
  escapeForSqs,
  type InferenceRequest,
  isOwnPayload,
  MAX_DEADLINE_MS,
  MAX_INLINE_BYTES,
  type Problem,
  parseInferenceRequest,
  payloadPrefix,
} from '@signalbox/contracts';
import { isInScope } from '@signalbox/limits';
import { DEFAULT_ROUTE } from '@signalbox/routing';
import { type AcceptRequest, requestHash } from '@signalbox/runtime';
import { HttpError } from '@signalbox/runtime/errors';
import { outOfScope } from './out-of-scope.ts';
import { bodyTooLarge } from './read-json-body.ts';

/** A request that is valid in itself: what is recorded of it, and the message that carries it. */
export type PreparedRequest = { request: InferenceRequest; record: AcceptRequest; message: string };

type Input = {
  body: unknown;
  tenant: string;
  /** Of the key. */
  scopes: readonly string[];
  /** From the `Idempotency-Key` header. */
  idempotencyKey?: string | undefined;
  /** The id of a request that brings none. */
  newId: () => string;
  bucket: string;
  now: number;
};

/** More problems than this are counted, not told: the message is for one look. */
const MAX_TOLD = 5;
export const USE_AN_UPLOAD = 'Put its content in S3 by POST /v1/uploads and send the payload that it answers.';

/** Reads the body of one request as the worker will read its message, and refuses it in the same words. */
export function prepareRequest({ body, tenant, scopes, idempotencyKey, newId, bucket, now }: Input): PreparedRequest {
  refuseTenant(body);
  const request = parse(body);
  const route = request.route ?? DEFAULT_ROUTE;
  if (!isInScope(scopes, 'route', route)) throw outOfScope({ kind: 'route', name: route, parameter: 'route' });
  const id = chooseId(request.id, idempotencyKey) ?? newId();
  const deadline = request.deadline === undefined ? now + DEFAULT_DEADLINE_MS : Date.parse(request.deadline);
  if (deadline - now > MAX_DEADLINE_MS)
    throw refusal('deadline_too_far', 'deadline', `must be at most ${MAX_DEADLINE_MS / 86_400_000} days from now`);
  if (request.payload && !isOwnPayload(request.payload, { tenant, bucket }))
    throw refusal('payload_foreign', 'payload.key', `must lie in this installation's bucket under "${payloadPrefix(tenant)}"`);
  // The body as it came, so that what a newer minor version adds is noted by the worker, too.
  const content = { ...(body as object), id, tenant };
  const message = escapeForSqs(JSON.stringify(content));
  const bytes = Buffer.byteLength(message);
  if (bytes > MAX_INLINE_BYTES)
    throw bodyTooLarge(`The request has ${bytes} bytes as a message; ${MAX_INLINE_BYTES} are allowed. ${USE_AN_UPLOAD}`);
  return {
    request,
    message,
    record: {
      tenant,
      id,
      hash: requestHash(content),
      deadline,
      acceptedAt: now,
      route,
      priority: request.priority ?? 'standard',
      ...(request.labels ? { labels: request.labels } : {}),
      ...(request.payload ? { payloadKey: request.payload.key } : {}),
    },
  };
}

/** A refusal that names the field. */
export function refusal(code: string, path: string, message: string): HttpError {
  return new HttpError({ status: 400, code, message: `${path || 'The body'} ${message}.`, ...(path ? { parameter: path } : {}) });
}

function refuseTenant(body: unknown): void {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, 'tenant')) return;
  throw refusal('invalid_request', 'tenant', 'is not read from the body, because the API key says who asks; remove it');
}

function parse(body: unknown): InferenceRequest {
  const parsed = parseInferenceRequest(body);
  if (parsed.kind === 'valid') return parsed.request;
  if (parsed.kind === 'newer-major') {
    const message = `"${parsed.version.slice(0, 16)}" is newer than this installation reads; update it or send an older version`;
    throw refusal('unsupported_version', 'schemaVersion', message);
  }
  throw new HttpError({
    status: 400,
    code: 'invalid_request',
    message: describe(parsed.problems),
    ...(parsed.problems[0]?.path ? { parameter: parsed.problems[0].path } : {}),
  });
}

function describe(problems: Problem[]): string {
  const told = problems.slice(0, MAX_TOLD).map(({ path, message }) => `${path || 'The body'} ${message}`);
  const more = problems.length - told.length;
  return `${told.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`;
}

function chooseId(id: string | undefined, idempotencyKey: string | undefined): string | undefined {
  if (id !== undefined && idempotencyKey !== undefined && id !== idempotencyKey)
    throw refusal('idempotency_key_mismatch', 'id', 'must be the Idempotency-Key, or stand alone: both are given and differ');
  const chosen = id ?? idempotencyKey;
  // API Gateway would look for it at POST /v1/inferences/batch, and never find it.
  if (chosen === 'batch') throw refusal('invalid_id', 'id', 'must not be "batch", which is a path of this API; choose another');
  return chosen;
}
