import {
  type BatchAccepted,
  type BatchEntry,
  errorTypeOf,
  InferenceId,
  MAX_BATCH_REQUESTS,
  type RequestError,
  SCHEMA_VERSION,
} from '@signalbox/contracts';
import type { BatchStore } from '@signalbox/runtime';
import { HttpError, UnavailableError } from '@signalbox/runtime/errors';
import type { OutgoingMessage } from './accept-inference.ts';
import type { Caller } from './authenticate.ts';
import { prepareRequest, refusal } from './prepare-request.ts';
import { type RecordedRequest, type RecordPorts, recordRequest, toAccepted } from './record-request.ts';

/** A message that SQS did not take is told by its place. */
export type SendAll = (messages: OutgoingMessage[]) => Promise<Set<number>>;

type Ports = RecordPorts & {
  /** Sends each; gives the places of those that no queue took, after retries. */
  sendAll: SendAll;
  batches: Pick<BatchStore, 'put'>;
  bucket: string;
  newId: () => string;
  now: () => number;
  /** Something failed on our side that a producer is told of only in general. */
  onError: (error: unknown) => void;
};

type Outcome = RecordedRequest | RequestError;

/** Accepts up to 100 requests, each by itself as `acceptInference` would. Without ids of their own they take the batch's and their place. */
export function createAcceptBatch(ports: Ports) {
  async function record(body: unknown, index: number, batchId: string, caller: Caller): Promise<Outcome> {
    try {
      const newId = () => idByPlace(batchId, index);
      return await recordRequest(ports, prepareRequest({ body, ...caller, newId, bucket: ports.bucket, now: ports.now() }));
    } catch (error) {
      return toRequestError(error, index, ports.onError);
    }
  }

  return async function acceptBatch(input: { caller: Caller; body: unknown; idempotencyKey?: string | undefined }): Promise<BatchAccepted> {
    const batchId = input.idempotencyKey ?? ports.newId();
    const requests = readRequests(input.body);
    const ids = requests.map((body, index) => idOf(body) ?? idByPlace(batchId, index));
    // Before any of its requests, so that nothing that is accepted is missing from its batch.
    if ((await ports.batches.put({ tenant: input.caller.tenant, batchId, ids })) === 'reused') throw batchIdReused(batchId);
    const outcomes = await Promise.all(requests.map((body, index) => record(body, index, batchId, input.caller)));
    const results = (await send(ports, outcomes)).map(toEntry);
    const accepted = results.filter((entry) => entry.accepted).length;
    return { schemaVersion: SCHEMA_VERSION, batchId, accepted, refused: results.length - accepted, results };
  };
}

/** The list itself must be well formed; what stands in it is judged one by one. */
function readRequests(body: unknown): unknown[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw refusal('invalid_request', '', 'must be a JSON object with "requests"');
  const unknown = Object.keys(body).find((name) => name !== 'requests');
  if (unknown !== undefined) throw refusal('invalid_request', unknown.slice(0, 64), 'is not a known field; remove it or correct its name');
  const { requests } = body as { requests?: unknown };
  if (!Array.isArray(requests) || requests.length === 0 || requests.length > MAX_BATCH_REQUESTS)
    throw refusal('invalid_request', 'requests', `must be a list of 1 to ${MAX_BATCH_REQUESTS} requests`);
  return requests;
}

function idByPlace(batchId: string, index: number): string {
  return `${batchId}.${index}`;
}

/** The id that a request brings, if any request may have it. */
function idOf(body: unknown): string | undefined {
  const id: unknown = typeof body === 'object' && body !== null && 'id' in body ? body.id : undefined;
  return InferenceId.safeParse(id).data;
}

function batchIdReused(batchId: string): HttpError {
  return new HttpError({
    status: 409,
    code: 'batch_id_reused',
    parameter: 'Idempotency-Key',
    message: `The batch "${batchId}" has other requests, or the same in another order. Send this one with another Idempotency-Key.`,
  });
}

async function send(ports: Ports, outcomes: Outcome[]): Promise<Outcome[]> {
  const places = outcomes.flatMap((outcome, index) => (isRecorded(outcome) && outcome.mustSend ? [index] : []));
  const messages = places.map((index) => {
    const { record, message } = (outcomes[index] as RecordedRequest).prepared;
    return { priority: record.priority, tenant: record.tenant, body: message };
  });
  const failed = await ports.sendAll(messages);
  const unsent = new Set([...failed].map((place) => places[place]));
  return outcomes.map((outcome, index) => (unsent.has(index) ? unavailable(index) : outcome));
}

function isRecorded(outcome: Outcome): outcome is RecordedRequest {
  return 'prepared' in outcome;
}

function toEntry(outcome: Outcome, index: number): BatchEntry {
  return isRecorded(outcome) ? { index, accepted: toAccepted(outcome) } : { index, error: outcome };
}

function toRequestError(error: unknown, index: number, onError: (error: unknown) => void): RequestError {
  if (error instanceof HttpError) {
    const param = error.parameter === undefined ? `requests[${index}]` : `requests[${index}].${error.parameter}`;
    return { message: error.message, type: errorTypeOf(error.status), code: error.code, param };
  }
  if (!(error instanceof UnavailableError)) throw error;
  onError(error);
  return unavailable(index);
}

function unavailable(index: number): RequestError {
  return {
    message: 'Something this needs cannot be reached now. Send this request again, with the same id, in a few seconds.',
    type: 'server_error',
    code: 'unavailable',
    param: `requests[${index}]`,
  };
}
