import { PassThrough, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HttpError } from './errors.ts';
import { onStream, type StreamReply } from './on-stream.ts';
import { logger } from './telemetry.ts';
import { lambdaContext } from './test-lambda-context.ts';

type Handler = (event: APIGatewayProxyEvent, stream: Writable, context: Context) => Promise<void>;
type Respond = Parameters<typeof onStream>[0];

const event = {
  path: '/v1/chat/completions',
  httpMethod: 'POST',
  headers: { Authorization: 'Bearer x' },
  requestContext: { requestId: 'request-1' },
  body: '{}',
} as unknown as APIGatewayProxyEvent;

beforeEach(() => {
  vi.spyOn(logger, 'error').mockImplementation(() => undefined);
  vi.stubGlobal('awslambda', {
    streamifyResponse: (handler: Handler) => handler,
    HttpResponseStream: {
      from(stream: Writable, head: unknown) {
        stream.write(`${JSON.stringify(head)}\0\0\0\0\0\0\0\0`);
        return stream;
      },
    },
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

async function ask(respond: Respond) {
  const stream = new PassThrough();
  const pieces: Buffer[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  await (onStream(respond) as Handler)(event, stream, lambdaContext);
  const [head = '', body = ''] = Buffer.concat(pieces).toString().split('\0\0\0\0\0\0\0\0');
  return { head: JSON.parse(head), body, stream };
}

describe('a handler that streams', () => {
  it('answers in pieces, under the head that it gives', async () => {
    const { head, body, stream } = await ask(async (request, reply) => {
      const writer = reply.open({ status: 200, headers: { 'content-type': 'text/event-stream' } });
      await writer.write(`one ${request.headers.authorization} `);
      await writer.write('two');
    });
    expect(head).toEqual({
      statusCode: 200,
      headers: { 'content-type': 'text/event-stream', 'x-signalbox-request-id': 'request-1', 'x-request-id': 'request-1' },
    });
    expect(body).toBe('one Bearer x two');
    expect(stream.writableFinished).toBe(true);
  });

  it('answers in one piece', async () => {
    const { head, body } = await ask(async (_, { send }) => send({ status: 201, body: { a: 1 }, headers: { 'x-own': '1' } }));
    expect(head).toMatchObject({ statusCode: 201, headers: { 'content-type': 'application/json', 'x-own': '1' } });
    expect(JSON.parse(body)).toEqual({ a: 1 });
  });

  it('sends a refusal with its status', async () => {
    const { head, body } = await ask(async () => {
      throw new HttpError({ status: 429, code: 'limited', message: 'Slow down.', headers: { 'retry-after': '3' } });
    });
    expect(head).toMatchObject({ statusCode: 429, headers: { 'retry-after': '3' } });
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'limited', request_id: 'request-1' } });
  });

  it.each<[string, Respond]>([
    ['fails', async () => Promise.reject(new Error('secret'))],
    ['says nothing', async () => undefined],
  ])('is a 500 without detail when it %s before it answered', async (_, respond) => {
    const { head, body } = await ask(respond);
    expect(head).toMatchObject({ statusCode: 500 });
    expect(body).not.toContain('secret');
  });

  it('breaks off what fails in the middle, so that it cannot be taken for whole', async () => {
    const stream = new PassThrough().resume();
    const errors: Error[] = [];
    stream.on('error', (error) => errors.push(error));
    const respond: Respond = async (_, reply) => {
      await reply.open({ status: 200, headers: {} }).write('one');
      throw new Error('a bug');
    };
    await (onStream(respond) as Handler)(event, stream, lambdaContext);
    await sleep(0);
    expect(stream.writableFinished).toBe(false);
    expect(errors).toHaveLength(1);
  });
});

it('ends an answer before its handler, which may have more to do', async () => {
  const ends: string[] = [];
  const { body } = await ask(async (_, reply) => {
    const writer = reply.open({ status: 200, headers: {} });
    await writer.write('one');
    await writer.end();
    ends.push('answer');
    await sleep(1);
    ends.push('handler');
  });
  expect(body).toBe('one');
  expect(ends).toEqual(['answer', 'handler']);
});

it('logs what fails after the answer was given, and leaves the answer whole', async () => {
  const { body, stream } = await ask(async (_, { send }) => {
    await send({ status: 200, body: 1 });
    throw new Error('a bug');
  });
  expect(body).toBe('1');
  expect(stream.writableFinished).toBe(true);
  expect(logger.error).toHaveBeenCalledOnce();
});

describe('the reader', () => {
  it('slows the writer down', async () => {
    const taken: (() => void)[] = [];
    const stream = new Writable({ highWaterMark: 1, write: (_piece, _encoding, done) => void taken.push(done) });
    let written = 0;
    const respond: Respond = async (_, reply) => {
      const writer = reply.open({ status: 200, headers: {} });
      for (let count = 0; count < 3; count++) {
        await writer.write('piece');
        written++;
      }
    };
    const over = (onStream(respond) as Handler)(event, stream, lambdaContext);
    await sleep(5);
    expect(written).toBe(0);
    while (taken.length > 0 || !stream.writableFinished) {
      taken.shift()?.();
      await sleep(1);
    }
    await over;
    expect(written).toBe(3);
  });

  it('that hangs up aborts the work, and holds nobody up', async () => {
    const stream = new Writable({ highWaterMark: 1, write: () => undefined });
    let seen: StreamReply['gone'] | undefined;
    const respond: Respond = async (_, reply) => {
      seen = reply.gone;
      await reply.open({ status: 200, headers: {} }).write('never read');
    };
    const over = (onStream(respond) as Handler)(event, stream, lambdaContext);
    await sleep(1);
    stream.destroy(new Error('hung up'));
    await over;
    expect(seen?.aborted).toBe(true);
  });
});
