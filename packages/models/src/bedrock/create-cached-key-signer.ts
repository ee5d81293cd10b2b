import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import type { BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';

type SignerInput = NonNullable<BedrockRuntimeClientConfig['signer']>;
/** What the SDK calls for every request. */
export type RequestSigner = Exclude<SignerInput, (...input: never[]) => unknown>;
type SignableRequest = Parameters<RequestSigner['sign']>[0];

type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string | undefined };
type Scope = { date: string; region: string; service: string };

/** Set on the way by the SDK, proxies or tracing after the signature is made, so that it must not cover them. */
const UNSIGNED_HEADERS: readonly string[] = ['authorization', 'user-agent', 'x-amzn-trace-id', 'connection', 'expect', 'transfer-encoding'];

/**
 * Signature Version 4 for Bedrock's calls: a body in memory and no query. It signs exactly as the SDK's own signer does,
 * but derives the signing key once a day instead of looking it up by an HMAC each time, and hashes in one step: signing is
 * one of the largest parts of the SDK's time per call.
 */
export function createCachedKeySigner({
  credentials,
  ...defaults
}: {
  credentials: () => Promise<Credentials>;
  region: string;
  service: string;
}): RequestSigner {
  const signingKey = memoiseLast(deriveSigningKey);
  return {
    sign: async (request, { signingDate = new Date(), signingRegion = defaults.region, signingService = defaults.service } = {}) => {
      const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
      const timestamp = toTimestamp(new Date(signingDate));
      const scope = { date: timestamp.slice(0, 8), region: signingRegion, service: signingService };
      const payloadHash = hashBody(request.body);
      const headers = {
        ...request.headers,
        'x-amz-date': timestamp,
        'x-amz-content-sha256': payloadHash,
        ...(sessionToken && { 'x-amz-security-token': sessionToken }),
      };
      const { canonicalRequest, signedHeaders } = canonicalise({ request, headers, payloadHash });
      const scopeText = `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
      const text = `AWS4-HMAC-SHA256\n${timestamp}\n${scopeText}\n${hash('sha256', canonicalRequest)}`;
      const signature = createHmac('sha256', signingKey(secretAccessKey, scope)).update(text).digest('hex');
      const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scopeText}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
      request.headers = { ...headers, authorization };
      return request;
    },
  };
}

function canonicalise({
  request,
  headers,
  payloadHash,
}: {
  request: SignableRequest;
  headers: Record<string, string>;
  payloadHash: string;
}) {
  if (Object.keys(request.query ?? {}).length > 0)
    throw new TypeError('This signer signs requests without a query; use the SDK signer for others.');
  const signed = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value.trim().replace(/\s+/g, ' ')] as const)
    .filter(([name]) => !UNSIGNED_HEADERS.includes(name))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const signedHeaders = signed.map(([name]) => name).join(';');
  const lines = signed.map(([name, value]) => `${name}:${value}\n`).join('');
  return {
    canonicalRequest: `${request.method}\n${escapePath(request.path)}\n\n${lines}\n${signedHeaders}\n${payloadHash}`,
    signedHeaders,
  };
}

/** The path is escaped already; SigV4 wants it escaped a second time, all but the slashes. */
function escapePath(path: string): string {
  return path
    .split('/')
    .map((segment) =>
      encodeURIComponent(segment).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`),
    )
    .join('/');
}

function hashBody(body: unknown): string {
  if (body === undefined || body === null) return hash('sha256', '');
  if (typeof body === 'string' || body instanceof Uint8Array) return hash('sha256', body);
  throw new TypeError('This signer signs bodies in memory; use the SDK signer for streams.');
}

function deriveSigningKey(secretAccessKey: string, { date, region, service }: Scope): KeyObject {
  const parts = [date, region, service, 'aws4_request'];
  return createSecretKey(
    parts.reduce<Buffer>((key, part) => createHmac('sha256', key).update(part).digest(), Buffer.from(`AWS4${secretAccessKey}`)),
  );
}

/** Keeps the last key: a client has one region, one service and one set of credentials, and a day has one date. */
function memoiseLast(derive: typeof deriveSigningKey): typeof deriveSigningKey {
  let last: { id: string; key: KeyObject } | undefined;
  return (secretAccessKey, scope) => {
    const id = `${scope.date}/${scope.region}/${scope.service}/${secretAccessKey}`;
    if (last?.id !== id) last = { id, key: derive(secretAccessKey, scope) };
    return last.key;
  };
}

/** `20261120T101500Z` */
function toTimestamp(date: Date): string {
  return date.toISOString().replace(/[-:]|\.\d{3}/g, '');
}
