import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { breakOff } from '../http/break-off.ts';
import type { OpenAttempt } from './attempt-log.ts';
import type { BedrockError } from './bedrock-error.ts';

/** One call and the means to answer it, over HTTP/1.1 or HTTP/2. */
export type Exchange = {
  /** Fires when the call is over, above all when the caller hangs up. */
  signal: AbortSignal;
  isStarted(): boolean;
  head(status: number, headers: Record<string, string>): void;
  /** Resolves when the bytes are handed to the connection; rejects when the caller is gone. */
  write(bytes: Uint8Array): Promise<void>;
  end(): Promise<void>;
  /** Breaks the call off: `reset` as a connection that breaks, else as one that closes. */
  destroy(reset?: boolean): void;
};

/** Wraps a response; the attempt gets its status with the head and ends with the response. */
export function createExchange(response: ServerResponse, attempt?: OpenAttempt): Exchange {
  const over = new AbortController();
  response.on('close', () => {
    attempt?.end();
    over.abort();
  });
  // A write to a caller that left rejects by itself; unheard, this event would end the process.
  response.on('error', () => over.abort());
  return {
    signal: over.signal,
    isStarted: () => response.headersSent,
    head(status, headers) {
      response.writeHead(status, { 'x-amzn-requestid': randomUUID(), ...headers });
      attempt?.answered(status);
    },
    write(bytes) {
      return new Promise((resolve, reject) => response.write(bytes, (error) => (error ? reject(error) : resolve())));
    },
    end() {
      return new Promise((resolve) => response.end(resolve));
    },
    destroy(reset = false) {
      breakOff(response, reset);
      over.abort();
    },
  };
}

/** Answers with a JSON body of known length. */
export async function sendJson(
  exchange: Exchange,
  body: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Promise<void> {
  const bytes = Buffer.from(JSON.stringify(body));
  exchange.head(status, { 'content-type': 'application/json', 'content-length': String(bytes.length), ...headers });
  await exchange.write(bytes);
  await exchange.end();
}

/** Answers with an AWS-shaped error. */
export function sendError(exchange: Exchange, { code, status, message, details, retryAfterSeconds }: BedrockError): Promise<void> {
  const retry = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return sendJson(exchange, { message, ...details }, { status, headers: { 'x-amzn-errortype': code, ...retry } });
}
