import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testStack } from '../testing/test-stack.ts';
import { findAuthor, nameOf } from './find-author.ts';
import type { HoldRequest } from './hold-request.ts';
import { invokeController } from './invoke-controller.ts';

const REQUEST: HoldRequest = { action: 'eject', target: 'nova-lite', reason: 'upgrade', until: 1, author: 'ann' };

/** Lambda's Invoke on the loopback interface. */
const lambda = {
  reply: { status: 200, headers: {} as Record<string, string>, body: '{}' },
  seen: [] as { url: string | undefined; body: unknown }[],
};
const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  lambda.seen.push({ url: request.url, body: JSON.parse(body) });
  response.writeHead(lambda.reply.status, lambda.reply.headers).end(lambda.reply.body);
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => server.close());

function invoke(reply: Partial<typeof lambda.reply>): Promise<unknown> {
  Object.assign(lambda, { reply: { status: 200, headers: {}, body: '{}', ...reply }, seen: [] });
  const awsEndpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return invokeController({ kind: 'embedded', stack: { ...testStack, awsEndpointUrl } }, REQUEST);
}

describe('invokeController', () => {
  it('calls the function of the stage with the request, and gives its answer', async () => {
    expect(await invoke({ body: '{"before":{},"after":{}}' })).toEqual({ before: {}, after: {} });
    expect(lambda.seen).toEqual([{ url: '/2015-03-31/functions/signalbox-local-hold-target/invocations', body: REQUEST }]);
  });

  it('fails with the words of a function that failed', async () => {
    const headers = { 'x-amz-function-error': 'Unhandled' };
    await expect(invoke({ headers, body: '{"errorType":"Error","errorMessage":"no table"}' })).rejects.toThrow(
      'signalbox-local-hold-target failed: no table.',
    );
    await expect(invoke({ headers, body: 'gone' })).rejects.toThrow('failed: Unhandled.');
  });

  it('says what to deploy when there is no such function', async () => {
    const headers = { 'x-amzn-errortype': 'ResourceNotFoundException' };
    await expect(invoke({ status: 404, headers, body: '{"Message":"Function not found"}' })).rejects.toThrow(
      'Deploy the stack of the controller',
    );
  });

  it('takes what is not JSON for no answer', async () => {
    expect(await invoke({ body: 'hello' })).toBeUndefined();
  });
});

describe('findAuthor', () => {
  it.each([
    ['arn:aws:iam::123456789012:user/ann', 'ann'],
    ['arn:aws:iam::123456789012:user/team/ann', 'ann'],
    ['arn:aws:sts::123456789012:assumed-role/admin/ann@example.com', 'ann@example.com'],
    ['arn:aws:iam::123456789012:root', 'root'],
    ['', 'unknown'],
  ])('of %j is %j', (arn, name) => {
    expect(nameOf(arn)).toBe(name);
  });

  it('is the user of the system on one machine', async () => {
    expect(await findAuthor({ kind: 'embedded', stack: testStack })).toMatch(/\S/);
  });
});
