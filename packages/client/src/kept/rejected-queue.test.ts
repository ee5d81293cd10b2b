import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import type { KeptMessage } from './kept-message.ts';
import { createRejectedQueue } from './rejected-queue.ts';

type Lying = { id: string; body: string; isHidden: boolean };

/** A queue in memory that hides what it gave, until it is told otherwise. */
function createQueue(count: number, { failsToGiveBack = false } = {}) {
  const lying: Lying[] = Array.from({ length: count }, (_, index) => ({ id: `m${index}`, body: `{"id":"r${index}"}`, isHidden: false }));
  const warned: string[] = [];
  const send = async (command: unknown) => {
    if (command instanceof GetQueueAttributesCommand) return { Attributes: { ApproximateNumberOfMessages: String(lying.length) } };
    if (command instanceof ReceiveMessageCommand) return { Messages: take(command.input.MaxNumberOfMessages ?? 1) };
    if (command instanceof DeleteMessageCommand)
      lying.splice(
        lying.findIndex(({ id }) => id === command.input.ReceiptHandle),
        1,
      );
    if (command instanceof ChangeMessageVisibilityBatchCommand) {
      if (failsToGiveBack) throw new Error('away');
      expect(command.input.Entries?.length).toBeLessThanOrEqual(10);
      for (const { ReceiptHandle, VisibilityTimeout } of command.input.Entries ?? [])
        for (const one of lying) if (one.id === ReceiptHandle && VisibilityTimeout === 0) one.isHidden = false;
    }
    return {};
  };
  const take = (max: number) => {
    const taken = lying.filter(({ isHidden }) => !isHidden).slice(0, max);
    for (const one of taken) one.isHidden = true;
    return taken.map(({ id, body }) => ({
      ...{ MessageId: id, ReceiptHandle: id, Body: body, Attributes: { SentTimestamp: '1000' } },
      MessageAttributes: Object.fromEntries(
        Object.entries({
          'origin-message-id': `o-${id}`,
          reason: 'malformed',
          problems: 'x is wrong',
          priority: 'bulk',
          'accepted-at': '500',
        }).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
      ),
    }));
  };
  const client = { send } as unknown as Parameters<typeof createRejectedQueue>[0]['client'];
  const store = createRejectedQueue({ client, queueUrl: 'https://q', warn: (text) => void warned.push(text) });
  return { store, lying, warned };
}

async function walkAll({ store }: ReturnType<typeof createQueue>, limit = 1_000, signal = new AbortController().signal) {
  const all: KeptMessage[] = [];
  for await (const messages of store.walk({ limit, signal })) all.push(...messages);
  return all;
}

describe('createRejectedQueue', () => {
  it('looks at each once, reads why it is there, and gives back all', async () => {
    const queue = createQueue(23);
    const seen = await walkAll(queue);
    expect(new Set(seen.map(({ origin }) => origin)).size).toBe(23);
    expect(seen).toHaveLength(23);
    expect(seen[0]).toMatchObject({
      ...{ origin: 'o-m0', messageId: 'm0', requestId: 'r0', reason: 'malformed', problems: 'x is wrong', priority: 'bulk' },
      ...{ acceptedAt: new Date(500), facts: { 'rejected at': '1970-01-01T00:00:01.000Z' } },
    });
    expect(queue.lying.filter(({ isHidden }) => isHidden)).toEqual([]);
    expect(await queue.store.count()).toBe(23);
  });

  it('looks at no more than it may, and gives back what it had when its reader ends early', async () => {
    const queue = createQueue(23);
    expect(await walkAll(queue, 12)).toHaveLength(12);
    for await (const _ of queue.store.walk({ limit: 100, signal: new AbortController().signal })) break;
    expect(queue.lying.filter(({ isHidden }) => isHidden)).toEqual([]);
    expect(await walkAll(queue, 10, AbortSignal.abort())).toEqual([]);
  });

  it('ends when all show again, for then it has seen all', async () => {
    const queue = createQueue(3);
    const seen: string[] = [];
    for await (const messages of queue.store.walk({ limit: 100, signal: new AbortController().signal })) {
      seen.push(...messages.map(({ origin }) => origin));
      for (const one of queue.lying) one.isHidden = false;
    }
    expect(seen).toEqual(['o-m0', 'o-m1', 'o-m2']);
  });

  it('does not give back what was removed', async () => {
    const queue = createQueue(3);
    for await (const messages of queue.store.walk({ limit: 100, signal: new AbortController().signal })) await messages[1]?.remove();
    expect(queue.lying).toMatchObject([
      { id: 'm0', isHidden: false },
      { id: 'm2', isHidden: false },
    ]);
  });

  it('says when what it looked at could not be given back', async () => {
    const queue = createQueue(1, { failsToGiveBack: true });
    expect(await walkAll(queue)).toHaveLength(1);
    expect(queue.warned).toEqual([expect.stringContaining('shows again within 120 s')]);
  });
});
