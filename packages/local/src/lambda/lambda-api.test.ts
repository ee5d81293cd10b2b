import { InvokeWithResponseStreamCommand, type InvokeWithResponseStreamCommandOutput, LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { startAwsTestServer } from '../events/aws-test-server.ts';
import { type AnswerWriter, createAnswerChannel } from './answer-channel.ts';
import type { Invoke, InvokeError, InvokeRequest, InvokeResult, InvokeStream } from './function-definition.ts';
import { createLambdaApi } from './lambda-api.ts';

type Call = { name?: string; type?: string; body?: string; url?: string };

/** What a Lambda client sends, and the answer as it goes over the wire. */
async function call({ name = 'hold-target', type, body = '{"share":0}', url }: Call, result: InvokeResult | Error) {
  const invoked: InvokeRequest[] = [];
  const invoke: Invoke = async (request) => {
    invoked.push(request);
    if (result instanceof Error) throw result;
    return result;
  };
  const handled = createLambdaApi({ invoke, invokeStream: () => Promise.reject(new Error('not here')) }).handle({
    service: 'lambda',
    operation: '',
    region: 'us-east-1',
    accessKeyId: 'TEST',
    method: 'POST',
    url: url ?? `/2015-03-31/functions/${encodeURIComponent(name)}/invocations`,
    headers: type === undefined ? {} : { 'x-amz-invocation-type': type },
    body: Buffer.from(body),
  });
  return { invoked, handled };
}

const answered: InvokeResult = { kind: 'success', payload: { before: 1, after: 0 } };

describe('Invoke', () => {
  it.each([
    'hold-target',
    'hold-target:$LATEST',
    'arn:aws:lambda:us-east-1:000000000000:function:hold-target',
    '000000000000:function:hold-target:live',
  ])('of %s gives the answer of the function', async (name) => {
    const { invoked, handled } = await call({ name }, answered);
    expect(await handled).toMatchObject({ status: 200, body: '{"before":1,"after":0}', headers: { 'x-amz-executed-version': '$LATEST' } });
    expect(invoked).toEqual([{ functionName: 'hold-target', payload: { share: 0 }, kind: 'request' }]);
  });

  it('accepts an event and answers at once, without a body', async () => {
    const { invoked, handled } = await call({ type: 'Event', body: '' }, { kind: 'success', payload: null });
    expect(await handled).toEqual({ status: 202 });
    expect(invoked).toEqual([{ functionName: 'hold-target', payload: {}, kind: 'event' }]);
  });

  it('gives what a handler threw as an answer that says so', async () => {
    const { handled } = await call({}, { kind: 'error', fault: 'unhandled', errorType: 'HoldError', message: 'no such target' });
    expect(await handled).toMatchObject({
      status: 200,
      headers: { 'x-amz-function-error': 'Unhandled' },
      body: '{"errorMessage":"no such target","errorType":"HoldError"}',
    });
  });

  it.each<[string, Call, InvokeResult | Error, string]>([
    ['a function that is not there', {}, new Error('No function is named hold-target'), 'ResourceNotFoundException'],
    [
      'all sandboxes busy',
      {},
      { kind: 'error', fault: 'throttled', errorType: 'TooManyRequestsException', message: '' },
      'TooManyRequestsException',
    ],
    [
      'too large a payload',
      {},
      { kind: 'error', fault: 'unhandled', errorType: 'RequestTooLargeException', message: '' },
      'RequestTooLargeException',
    ],
    [
      'too large an event',
      { type: 'Event' },
      { kind: 'error', fault: 'unhandled', errorType: 'RequestTooLargeException', message: '' },
      'RequestTooLargeException',
    ],
    ['a body that is no JSON', { body: '{' }, answered, 'InvalidRequestContentException'],
    ['a dry run', { type: 'DryRun' }, answered, 'NotImplementedException'],
    ['another operation', { url: '/2015-03-31/functions' }, answered, 'NotImplementedException'],
  ])('refuses %s', async (_name, wire, result, code) => {
    const { handled } = await call(wire, result);
    await expect(handled).rejects.toMatchObject({ code });
  });
});

describe('InvokeWithResponseStream', () => {
  const notRun: InvokeError = { kind: 'error', fault: 'throttled', errorType: 'TooManyRequestsException', message: 'all are busy' };

  async function start(write: (writer: AnswerWriter) => void, result: InvokeResult = { kind: 'success', payload: null }) {
    let isCancelled = false;
    const invokeStream: InvokeStream = async ({ functionName }) => {
      if (functionName !== 'chat') throw new Error(`No function is named ${functionName}`);
      const { writer, reader } = createAnswerChannel();
      writer.attach({
        read: () => undefined,
        close: () => {
          isCancelled = true;
        },
      });
      write(writer);
      return { answer: reader, result: Promise.resolve(result) };
    };
    const server = await startAwsTestServer(createLambdaApi({ invoke: () => Promise.reject(new Error('not here')), invokeStream }));
    const client = new LambdaClient({
      endpoint: server.url,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    const invoke = (FunctionName = 'chat') =>
      client.send(new InvokeWithResponseStreamCommand({ FunctionName, Payload: Buffer.from('{"a":1}') }));
    return { invoke, url: server.url, isCancelled: () => isCancelled, [Symbol.asyncDispose]: server.close };
  }

  const eventsOf = async ({ EventStream }: InvokeWithResponseStreamCommandOutput) => {
    const events: unknown[] = [];
    for await (const { PayloadChunk, InvokeComplete } of EventStream ?? [])
      events.push(PayloadChunk ? Buffer.from(PayloadChunk.Payload ?? []).toString() : InvokeComplete);
    return events;
  };

  it('gives the pieces of the answer and its end to the real client', async () => {
    await using lambda = await start((writer) => {
      writer.start('text/plain');
      for (const piece of ['one', 'two']) writer.push(Buffer.from(piece));
      writer.end();
    });
    const reply = await lambda.invoke();
    expect(reply).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(await eventsOf(reply)).toEqual(['one', 'two', {}]);
  });

  it.each([true, false])('tells at the end what the handler threw, after a first byte: %s', async (hasBegun) => {
    const error: InvokeError = { kind: 'error', fault: 'unhandled', errorType: 'RangeError', message: 'too far' };
    await using lambda = await start((writer) => {
      if (hasBegun) writer.start('text/plain');
      if (hasBegun) writer.push(Buffer.from('half'));
      writer.fail(error);
    }, error);
    expect(await eventsOf(await lambda.invoke())).toEqual([
      ...(hasBegun ? ['half'] : []),
      { ErrorCode: 'Unhandled', ErrorDetails: '{"errorType":"RangeError","errorMessage":"too far"}' },
    ]);
  });

  it('is an error where nothing was run', async () => {
    await using lambda = await start((writer) => writer.fail(notRun), notRun);
    await expect(lambda.invoke()).rejects.toMatchObject({ name: 'TooManyRequestsException', $metadata: { httpStatusCode: 429 } });
    await expect(lambda.invoke('nobody')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('tells the function that its caller left', async () => {
    await using lambda = await start((writer) => {
      writer.start('text/plain');
      writer.push(Buffer.from('first'));
    });
    const response = await fetch(`${lambda.url}/2021-11-15/functions/chat/response-streaming-invocations`, { method: 'POST' });
    await response.body?.getReader().cancel();
    await expect.poll(lambda.isCancelled).toBe(true);
  });
});
