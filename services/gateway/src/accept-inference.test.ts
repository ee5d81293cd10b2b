import { InferenceAccepted } from '@signalbox/contracts';
import { inferenceRequest } from '@signalbox/contracts/samples';
import type { InferenceItem } from '@signalbox/runtime';
import { UnavailableError } from '@signalbox/runtime/errors';
import { describe, expect, it } from 'vitest';
import { createAcceptInference, type OutgoingMessage } from './accept-inference.ts';
import { createMemoryIntake, createTable } from './test-intake.ts';
import { record } from './test-items.ts';

const KEY = 'acme#invoice-4711';

function createFixture({ table = createTable() } = {}) {
  const store = createMemoryIntake();
  const sent: OutgoingMessage[] = [];
  let downFor = 0;
  const accept = createAcceptInference({
    store,
    table,
    bucket: 'data',
    newId: () => 'new-id',
    now: () => Date.parse('2026-09-21T15:33:20.000Z'),
    async send(message) {
      if (downFor-- > 0) throw new UnavailableError({ message: 'The queue is down.' });
      sent.push(message);
    },
  });
  return {
    store,
    sent,
    accept: (body: unknown = inferenceRequest) => accept({ caller: { tenant: 'acme', scopes: ['*'] }, body }),
    failSends: (count: number) => {
      downFor = count;
    },
    stand: (changes: Partial<InferenceItem>) => store.items.set(KEY, { ...(store.items.get(KEY) as InferenceItem), ...changes }),
  };
}

describe('accepting a request', () => {
  it('records it, sends it, and says where to look', async () => {
    const { accept, store, sent } = createFixture();
    const reply = await accept();
    expect(reply).toEqual({
      status: 202,
      headers: { location: 'inferences/invoice-4711' },
      body: {
        schemaVersion: '1.0',
        id: 'invoice-4711',
        status: 'accepted',
        route: 'default',
        priority: 'standard',
        location: '/v1/inferences/invoice-4711',
        deadline: '2026-09-22T15:33:20.000Z',
      },
    });
    expect(InferenceAccepted.parse(reply.body)).toEqual(reply.body);
    expect(store.items.get(KEY)?.status).toBe('accepting');
    expect(sent).toMatchObject([{ priority: 'standard', tenant: 'acme' }]);
  });

  it('writes the record before it sends', async () => {
    const { accept, store, sent, failSends } = createFixture();
    failSends(1);
    await expect(accept()).rejects.toThrow('The queue is down.');
    expect([store.items.get(KEY)?.status, sent.length]).toEqual(['accepting', 0]);
  });

  it('resolves to its place from its own address, whatever its id', async () => {
    const { accept } = createFixture();
    const { headers, body } = await accept({ ...inferenceRequest, id: 'a:b@c+d' });
    const base = 'https://x.execute-api.us-east-1.amazonaws.com/prod';
    expect(new URL(headers?.location ?? '', `${base}/v1/inferences`).href).toBe(`${base}${InferenceAccepted.parse(body).location}`);
  });
});

describe('a retry', () => {
  it('after a crash between record and message sends it', async () => {
    const { accept, sent, failSends } = createFixture();
    failSends(1);
    await expect(accept()).rejects.toThrow('The queue is down.');
    expect(await accept()).toMatchObject({ status: 202, body: { status: 'accepted' } });
    expect(sent).toHaveLength(1);
  });

  it('after a crash between message and answer sends the same message again, which the claim absorbs', async () => {
    const { accept, sent } = createFixture();
    await accept();
    await accept();
    expect(sent).toHaveLength(2);
    expect(sent[0]).toEqual(sent[1]);
  });

  it('of what runs sends nothing and says so', async () => {
    const { accept, sent, stand } = createFixture();
    await accept();
    stand({ status: 'running', owner: 'message-1', route: 'default', priority: 'bulk' });
    expect(await accept()).toMatchObject({ status: 202, body: { status: 'running', priority: 'bulk' } });
    expect(sent).toHaveLength(1);
  });

  it.each(['succeeded', 'failed', 'expired'] as const)('of what %s is 200, for the result to be read', async (status) => {
    const { accept, sent, stand } = createFixture();
    await accept();
    stand({ status, record: { ...record, status } });
    expect(await accept()).toMatchObject({ status: 200, body: { status } });
    expect(sent).toHaveLength(1);
  });

  it('of what was rejected is a new acceptance', async () => {
    const { accept, sent, stand } = createFixture();
    await accept();
    stand({ status: 'rejected' });
    expect(await accept()).toMatchObject({ status: 202, body: { status: 'accepted' } });
    expect(sent).toHaveLength(2);
  });

  it.each(['accepting', 'running', 'succeeded'] as const)(
    'with another body, while the first is %s, is refused and sends nothing',
    async (status) => {
      const { accept, sent, stand } = createFixture();
      await accept();
      stand({ status });
      await expect(accept({ ...inferenceRequest, inferenceConfig: { maxTokens: 1 } })).rejects.toMatchObject({
        status: 409,
        code: 'id_reused',
        parameter: 'id',
      });
      expect(sent).toHaveLength(1);
    },
  );

  it('after the route left the policy still finds what was accepted, and only that', async () => {
    const table = createTable();
    const { accept, sent } = createFixture({ table });
    await accept();
    const gone = { ...table.loaded.table, routes: {} };
    Object.assign(table, { loaded: { table: gone, source: 'appconfig' }, refresh: async () => undefined });
    expect(await accept()).toMatchObject({ status: 202 });
    expect(sent).toHaveLength(2);
    await expect(accept({ ...inferenceRequest, id: 'invoice-4712' })).rejects.toMatchObject({ status: 400, code: 'unknown_route' });
    await expect(accept({ ...inferenceRequest, system: [{ text: 'x' }] })).rejects.toMatchObject({ code: 'unknown_route' });
  });
});

describe('the routing table', () => {
  it.each([
    ['route', { route: 'nowhere' }, 'unknown_route', 'route', 'route is not a route of the policy; one of: default.'],
    [
      'operation',
      { operation: 'embed', messages: undefined, input: 'x' },
      'unknown_route',
      'operation',
      'operation must be "chat" on this route.',
    ],
    [
      'reply queue',
      { reply: { queue: 'nobody' } },
      'unknown_reply_queue',
      'reply.queue',
      'reply.queue is not a name under replyQueues of the policy.',
    ],
  ])('refuses an unknown %s before anything is recorded', async (_what, change, code, parameter, message) => {
    const { accept, store, sent } = createFixture();
    await expect(accept({ ...inferenceRequest, ...change })).rejects.toMatchObject({ status: 400, code, parameter, message });
    expect([store.items.size, sent.length]).toEqual([0, 0]);
  });

  it('is read afresh once before it refuses, because the producer may be ahead', async () => {
    const table = createTable();
    const extract = { ...table.loaded.table.routes.default, name: 'extract' } as never;
    const ahead = createTable({ next: { ...table.loaded.table, routes: { ...table.loaded.table.routes, extract } } });
    const { accept } = createFixture({ table: ahead });
    expect((await accept({ ...inferenceRequest, route: 'extract' })).status).toBe(202);
    expect(ahead.refreshes).toBe(1);
  });

  it('that is only the bundled one refuses nothing: it asks to try again', async () => {
    const { accept } = createFixture({ table: createTable({ source: 'snapshot' }) });
    await expect(accept({ ...inferenceRequest, route: 'nowhere' })).rejects.toBeInstanceOf(UnavailableError);
    expect((await accept()).status).toBe(202);
  });
});
