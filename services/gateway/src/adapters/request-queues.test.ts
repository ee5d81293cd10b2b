import { SendMessageBatchCommand, type SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { UnavailableError } from '@signalbox/runtime/errors';
import { describe, expect, it, vi } from 'vitest';
import type { OutgoingMessage } from '../accept-inference.ts';
import { createRequestQueues } from './request-queues.ts';

const urls = { interactive: 'http://sqs/interactive', standard: 'http://sqs/standard', bulk: 'http://sqs/bulk' };
type Call = { queue: string; bodies: string[] };

/** An SQS that refuses a body as often as `refusals` says, and every call while `isDown`. */
function createFixture({ refusals = {} as Record<string, number>, isDown = false } = {}) {
  const calls: Call[] = [];
  const onError = vi.fn();
  const client = {
    async send(command: SendMessageCommand | SendMessageBatchCommand) {
      if (isDown) throw new Error('connection refused');
      if (!(command instanceof SendMessageBatchCommand)) {
        calls.push({ queue: command.input.QueueUrl ?? '', bodies: [command.input.MessageBody ?? ''] });
        return {};
      }
      const { QueueUrl = '', Entries = [] } = command.input;
      calls.push({ queue: QueueUrl, bodies: Entries.map(({ MessageBody = '' }) => MessageBody) });
      const Failed = Entries.filter(({ MessageBody = '' }) => (refusals[MessageBody] ?? 0) > 0);
      for (const { MessageBody = '' } of Failed) refusals[MessageBody] = (refusals[MessageBody] ?? 0) - 1;
      return { Failed: Failed.map(({ Id }) => ({ Id, Code: 'InternalError' })) };
    },
  };
  return { ...createRequestQueues({ urls, onError, client: client as unknown as SQSClient }), calls, onError };
}

const message = (body: string, priority: OutgoingMessage['priority'] = 'standard'): OutgoingMessage => ({ body, priority, tenant: 'acme' });

describe('sending one', () => {
  it.each(['interactive', 'standard', 'bulk'] as const)('goes to the %s queue', async (priority) => {
    const { send, calls } = createFixture();
    await send(message('a', priority));
    expect(calls).toEqual([{ queue: urls[priority], bodies: ['a'] }]);
  });

  it('rejects as unavailable, with the cause, when the queue does not take it', async () => {
    const { send } = createFixture({ isDown: true });
    await expect(send(message('a'))).rejects.toMatchObject({ name: 'UnavailableError', cause: new Error('connection refused') });
  });
});

describe('sending many', () => {
  it('makes calls of ten, by queue', async () => {
    const { sendAll, calls } = createFixture();
    const messages = Array.from({ length: 25 }, (_, index) => message(String(index), index < 12 ? 'bulk' : 'standard'));
    expect(await sendAll(messages)).toEqual(new Set());
    expect(calls.map(({ queue, bodies }) => [queue, bodies.length]).sort()).toEqual([
      [urls.bulk, 10],
      [urls.bulk, 2],
      [urls.standard, 10],
      [urls.standard, 3],
    ]);
    expect(calls.flatMap(({ bodies }) => bodies).toSorted()).toEqual(messages.map(({ body }) => body).toSorted());
  });

  it('sends again only what was refused', async () => {
    const { sendAll, calls, onError } = createFixture({ refusals: { b: 2 } });
    expect(await sendAll([message('a'), message('b'), message('c')])).toEqual(new Set());
    expect(calls.map(({ bodies }) => bodies)).toEqual([['a', 'b', 'c'], ['b'], ['b']]);
    expect(onError).toHaveBeenCalledTimes(2);
  });

  it('gives the places of what was refused three times', async () => {
    const { sendAll, calls } = createFixture({ refusals: { b: 9, d: 9 } });
    expect(await sendAll([message('a'), message('b', 'bulk'), message('c'), message('d')])).toEqual(new Set([1, 3]));
    expect(calls).toHaveLength(6);
  });

  it('gives every place while the queues are down, and tells why', async () => {
    const { sendAll, onError } = createFixture({ isDown: true });
    expect(await sendAll([message('a'), message('b')])).toEqual(new Set([0, 1]));
    expect(onError).toHaveBeenCalledWith(expect.any(UnavailableError));
  });

  it('of none makes no call', async () => {
    const { sendAll, calls } = createFixture();
    expect(await sendAll([])).toEqual(new Set());
    expect(calls).toEqual([]);
  });
});
