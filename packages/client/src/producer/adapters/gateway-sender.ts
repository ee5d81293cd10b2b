import { BatchAccepted, type ClaimCheck, ErrorBody, InferenceAccepted, type RequestError, UploadTicket } from '@signalbox/contracts';
import type { PreparedRequest } from '../prepare-request.ts';
import { GatewayError } from '../producer-error.ts';
import type { ProducerPorts, SendFailure } from '../producer-ports.ts';
import { callGateway, type Gateway, type GatewayReply, parseJson, refusalOf } from './call-gateway.ts';

const PATH = '/v1/inferences';
/** Longer than the gateway takes for its largest batch, and than API Gateway waits for it. */
const CALL_TIMEOUT_MS = 35_000;
/** 20 MB over a slow line. */
const UPLOAD_TIMEOUT_MS = 300_000;

/** Sends by the API: `POST /v1/inferences`, for several `POST /v1/inferences/batch`; large content by `POST /v1/uploads`. No AWS credentials. */
export function createGatewaySender(gateway: Gateway): Pick<ProducerPorts, 'sendBatch' | 'putPayload'> {
  // What was uploaded is named as the gateway said, and not uploaded again when only the message was not taken.
  const uploaded = new WeakMap<object, ClaimCheck>();
  const bodyOf = ({ body, payload }: PreparedRequest): string => {
    const check = payload && uploaded.get(payload);
    return check ? JSON.stringify({ ...JSON.parse(body), payload: check }) : body;
  };
  return {
    async sendBatch(_url, requests) {
      const bodies = requests.map(bodyOf);
      const [only] = bodies;
      try {
        if (only !== undefined && bodies.length === 1) return [await sendOne(gateway, only)];
        return await sendSeveral(gateway, bodies);
      } catch (error) {
        const failure = toFailure(error);
        return requests.map(() => failure);
      }
    },
    async putPayload(payload) {
      if (uploaded.has(payload)) return undefined;
      try {
        uploaded.set(payload, await upload(gateway, payload));
        return undefined;
      } catch (error) {
        const failure = toFailure(error);
        return { ...failure, reason: `its content could not be uploaded: ${failure.reason}` };
      }
    },
  };
}

async function sendOne(gateway: Gateway, json: string): Promise<SendFailure | undefined> {
  const reply = await callGateway(gateway, { path: PATH, json, timeoutMs: CALL_TIMEOUT_MS });
  if (reply.status !== 200 && reply.status !== 202) {
    const refused = ErrorBody.safeParse(parseJson(reply.text));
    if (refused.success && isAboutTheRequest(refused.data.error)) return toRefusal(refused.data.error);
  }
  readReply(gateway, reply, InferenceAccepted);
  return undefined;
}

async function sendSeveral(gateway: Gateway, bodies: readonly string[]): Promise<(SendFailure | undefined)[]> {
  const json = `{"requests":[${bodies.join(',')}]}`;
  const reply = await callGateway(gateway, { path: `${PATH}/batch`, json, timeoutMs: CALL_TIMEOUT_MS });
  const { results } = readReply(gateway, reply, BatchAccepted);
  const entries = new Map(results.map((entry) => [entry.index, entry]));
  return bodies.map((_, index) => {
    const entry = entries.get(index);
    if (entry?.accepted) return undefined;
    if (!entry?.error) return { reason: 'the gateway did not say whether it took it', isTransient: true };
    return isAboutTheRequest(entry.error) ? toRefusal(entry.error) : { reason: entry.error.message, isTransient: true };
  });
}

async function upload(gateway: Gateway, { content, sha256 }: NonNullable<PreparedRequest['payload']>): Promise<ClaimCheck> {
  const json = JSON.stringify({ bytes: content.length, sha256 });
  const reply = await callGateway(gateway, { path: '/v1/uploads', json, timeoutMs: CALL_TIMEOUT_MS });
  const ticket = readReply(gateway, reply, UploadTicket);
  const { url, method, headers } = ticket.upload;
  const put = await fetch(url, { method, headers, body: Buffer.from(content), signal: AbortSignal.timeout(UPLOAD_TIMEOUT_MS) });
  // S3 says in XML what is wrong; the status is what tells whether another try may help.
  const text = await put.text();
  if (!put.ok)
    throw new GatewayError({ message: `S3 answered ${put.status}: ${/<Code>(\w+)</.exec(text)?.[1] ?? 'no code'}`, status: put.status });
  return ticket.payload;
}

type Schema<T> = { safeParse: (value: unknown) => { success: true; data: T } | { success: false } };

function readReply<T>({ gatewayUrl }: Gateway, reply: GatewayReply, schema: Schema<T>): T {
  if (reply.status >= 300) throw refusalOf(gatewayUrl, reply);
  const parsed = schema.safeParse(parseJson(reply.text));
  if (parsed.success) return parsed.data;
  throw new GatewayError({
    message: `${gatewayUrl} answered with what no gateway answers; is it the gateway's URL?`,
    status: reply.status,
  });
}

function isAboutTheRequest({ type }: RequestError): boolean {
  return type === 'invalid_request_error';
}

/** A refusal of the request itself names its field; sent again as it is, it would be refused again. */
function toRefusal({ message, param, code }: RequestError): SendFailure {
  const path = (param ?? '').replace(/^requests\[\d+\]\.?/, '');
  const told = message.startsWith(`${path || 'The body'} `) ? message.slice((path || 'The body').length + 1) : message;
  return { reason: `${code}: ${message}`, isTransient: false, problems: [{ path, message: told.replace(/\.$/, '') }] };
}

function toFailure(error: unknown): SendFailure {
  if (!(error instanceof GatewayError))
    return { reason: error instanceof Error ? error.message : String(error), isTransient: true, cause: error };
  const { message, isTransient, retryAfterMs } = error;
  return { reason: message, isTransient, cause: error, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
