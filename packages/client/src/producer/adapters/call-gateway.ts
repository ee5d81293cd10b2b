import { GatewayError } from '../producer-error.ts';

/** A gateway and the key of whoever asks. */
export type Gateway = { gatewayUrl: string; apiKey: string };
export type GatewayCall = {
  path: string;
  /** Sent by POST, as it is. Absent: GET. */
  json?: string | undefined;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
};
export type GatewayReply = { status: number; text: string; retryAfter: string | null };

const SHOWN_CHARACTERS = 300;

/** One call, with the key. Rejects with GatewayError when the gateway is not reached; an answer of any status is a reply. */
export async function callGateway({ gatewayUrl, apiKey }: Gateway, { path, json, timeoutMs, signal }: GatewayCall): Promise<GatewayReply> {
  const url = `${withoutSlash(gatewayUrl)}${path}`;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const reply = await fetch(url, {
      ...(json === undefined ? {} : { method: 'POST', body: json }),
      headers: { authorization: `Bearer ${apiKey}`, ...(json !== undefined && { 'content-type': 'application/json' }) },
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    return { status: reply.status, text: await reply.text(), retryAfter: reply.headers.get('retry-after') };
  } catch (cause) {
    if (signal?.aborted) throw cause;
    const code = (cause as { cause?: { code?: string } }).cause?.code;
    throw new GatewayError({ message: `The gateway could not be reached at ${url}${code ? ` (${code})` : ''}.`, status: 0, cause });
  }
}

/** What a reply that is no success says, with what to do. */
export function refusalOf(gatewayUrl: string, { status, text, retryAfter }: GatewayReply): GatewayError {
  const said = messageIn(text) ?? text.slice(0, SHOWN_CHARACTERS);
  const hint = status === 401 || status === 403 ? ' Check the API key.' : '';
  const seconds = retryAfter === null ? Number.NaN : Number(retryAfter);
  return new GatewayError({
    message: `${gatewayUrl} answered ${status}: ${said}${hint}`,
    status,
    ...(Number.isFinite(seconds) && { retryAfterMs: seconds * 1_000 }),
  });
}

/** What the gateway says of an error; undefined for another server's page. */
export function messageIn(text: string): string | undefined {
  const body = parseJson(text) as { error?: { message?: unknown }; detail?: unknown } | null | undefined;
  const message = body?.error?.message ?? body?.detail;
  return typeof message === 'string' ? message : undefined;
}

/** Undefined for what is not JSON: then it is no answer of a gateway, and the caller says so. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
