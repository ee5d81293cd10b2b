import { describe, expect, it } from 'vitest';
import type { Invoke, InvokeRequest, InvokeResult } from './function-definition.ts';
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
  const handled = createLambdaApi({ invoke }).handle({
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
