import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** One AWS call as it arrived on the wire. */
export type AwsCall = {
  /** Service of the SigV4 scope: `sqs`, `dynamodb`, `events`, `appconfig` … */
  service: string;
  /** Operation where the wire names it (`X-Amz-Target` without its prefix), else empty. */
  operation: string;
  region: string;
  /** Access key id of the caller: each Lambda sandbox has its own. */
  accessKeyId: string;
  method: string;
  /** Path and query as sent. */
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
};

/** `stream`: a body that comes bit by bit; it is read no faster than the client reads, and cancelled when that leaves. */
export type AwsReply = {
  status: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
  stream?: { chunks: AsyncIterable<Uint8Array>; cancel(): void };
};

/** An AWS service of the embedded stack that answers in one piece. */
export type AwsService = { readonly name: string; handle(call: AwsCall): Promise<AwsReply> };

/** A service that streams its answers, so it gets the request itself. Works for HTTP/1.1 and HTTP/2 (compat API). */
export type StreamingService = {
  readonly name: string;
  handle(request: IncomingMessage, response: ServerResponse, scope: { region: string; accessKeyId: string }): Promise<void>;
};

/** One line of the stack's log. `source` says who speaks: a service's name, or a function's. */
export type LogLine = { source: string; level: 'info' | 'warn' | 'error'; message: string; functionName?: string; requestId?: string };

/** Where the parts of the stack write what an operator should see. */
export type Log = (line: LogLine) => void;

/** Answers in AWS's JSON protocols. */
export function jsonReply(body: unknown, status = 200, headers: Record<string, string> = {}): AwsReply {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.0', ...headers }, body: JSON.stringify(body) };
}

/** An error that an AWS client recognises by its code. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor({ code, message, status = 400 }: { code: string; message: string; status?: number }) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.status = status;
  }

  toReply(): AwsReply {
    return {
      status: this.status,
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': this.code },
      body: JSON.stringify({ __type: this.code, message: this.message }),
    };
  }
}

/** The loud answer to a call that the embedded stack does not emulate. */
export function notImplemented(service: string, operation: string): AwsError {
  return new AwsError({
    code: 'NotImplementedException',
    message: `The embedded stack does not emulate ${service} ${operation}. See packages/local/README.md for what it does.`,
    status: 501,
  });
}
