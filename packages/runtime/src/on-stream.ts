import type { Writable } from 'node:stream';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { type HttpReply, replyHeaders, requestIdHeaders, toRefusal } from './http-reply.ts';
import { type HttpRequest, toRequest } from './http-request.ts';
import { describeError, logger } from './telemetry.ts';

type Head = { statusCode: number; headers: Record<string, string> };
type StreamHandler = (event: APIGatewayProxyEvent, stream: Writable, context: Context) => Promise<void>;

/** What Lambda's Node.js runtime gives a function that streams. */
declare const awslambda: {
  streamifyResponse(handler: StreamHandler): unknown;
  HttpResponseStream: { from(stream: Writable, head: Head): Writable };
};

/** How a handler answers: once, by `send` or by `open`. */
export type StreamReply = {
  /** Answers in one piece, and ends the answer. */
  send(reply: HttpReply): Promise<void>;
  /** Begins an answer of many pieces. What fails later can only be told inside it. */
  open(head: { status: number; headers: Record<string, string> }): StreamWriter;
  /** Aborted when the caller has hung up, where the platform tells us. */
  gone: AbortSignal;
  /** Milliseconds until Lambda ends the invocation. */
  remainingMs: number;
};

export type StreamWriter = {
  /** Resolves when there is room for more, so that a slow reader slows the writer; and at once when nobody reads any more. */
  write(text: string): Promise<void>;
  /** Ends the answer; resolves when all of it was taken. Without it the answer ends with the handler, which may have more to do than its reader waits for. */
  end(): Promise<void>;
};

/**
 * A handler for a REST API proxy integration that streams (`responseTransferMode: STREAM`). Refusals thrown before the answer has begun are sent as
 * by `onRequest`; what is thrown later breaks the answer off, so that it cannot be taken for whole.
 */
export function onStream(respond: (request: HttpRequest, reply: StreamReply) => Promise<void>) {
  return awslambda.streamifyResponse(async (event, stream, context) => {
    logger.resetKeys();
    logger.addContext(context);
    await answer({ event, stream, context, respond });
  });
}

type Exchange = { event: APIGatewayProxyEvent; stream: Writable; context: Context; respond: Parameters<typeof onStream>[0] };

async function answer({ event, stream, context, respond }: Exchange): Promise<void> {
  const { requestId } = event.requestContext;
  const gone = watchReader(stream);
  let body: Writable | undefined;
  const begin = (statusCode: number, headers: Record<string, string>): Writable => {
    if (body) throw new Error('A handler answered twice');
    body = awslambda.HttpResponseStream.from(stream, { statusCode, headers });
    return body;
  };
  const send = async ({ status, body: content, headers }: HttpReply) => {
    const opened = begin(status, { ...replyHeaders(requestId), ...headers });
    await write(opened, JSON.stringify(content), gone);
    await end(opened, gone);
  };
  const open: StreamReply['open'] = ({ status, headers }) => {
    const opened = begin(status, { ...requestIdHeaders(requestId), ...headers });
    return { write: (text) => write(opened, text, gone), end: () => end(opened, gone) };
  };
  try {
    await respond(toRequest(event), { send, open, gone, remainingMs: context.getRemainingTimeInMillis() });
    if (!body) throw new Error('A handler ended without an answer');
    await end(body, gone);
  } catch (error) {
    if (body) breakOff(body, error);
    else await send(toRefusal(error, requestId));
  }
}

/** Aborted when the stream closes before it was ended. */
function watchReader(stream: Writable): AbortSignal {
  const controller = new AbortController();
  const leave = () => {
    if (!stream.writableFinished) controller.abort();
  };
  stream.once('close', leave);
  // Without a listener the error of a reader that left would end the sandbox.
  stream.on('error', leave);
  return controller.signal;
}

async function write(stream: Writable, text: string, gone: AbortSignal): Promise<void> {
  if (gone.aborted || stream.write(text)) return;
  await untilEither(gone, (done) => stream.once('drain', done));
}

async function end(stream: Writable, gone: AbortSignal): Promise<void> {
  if (stream.writableEnded) return;
  await untilEither(gone, (done) => stream.end(done));
}

function breakOff(stream: Writable, error: unknown): void {
  logger.error(stream.writableEnded ? 'An answer was given, and its handler failed afterwards' : 'An answer broke off', {
    error: describeError(error),
  });
  if (!stream.writableEnded) stream.destroy(new Error('The answer broke off'));
}

async function untilEither(gone: AbortSignal, wait: (done: () => void) => void): Promise<void> {
  if (gone.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = () => resolve();
  gone.addEventListener('abort', done, { once: true });
  wait(done);
  await promise;
  gone.removeEventListener('abort', done);
}
