import type { InferenceRecord, RoutingTable } from '@signalbox/contracts';
import { InferenceCompleted, InferenceDeferred, InferenceExpired, InferenceFailed, InferenceRejected } from '@signalbox/contracts';
import { routingTable } from '@signalbox/contracts/samples';
import { describe, expect, it } from 'vitest';
import {
  answeredOutput,
  answeredWith,
  endedFor,
  type Interference,
  inTurn,
  interfereWith,
  makeWorld,
  requestBody,
  START,
  uploadPayload,
  type World,
  waitingFor,
} from './testing/index.ts';

const HOUR_MS = 3_600_000;
const withReply = () => requestBody({ reply: { queue: 'reports' } });
const deadlineIn = (milliseconds: number) => new Date(START + milliseconds).toISOString();

function recordOf(world: World, id = 'invoice-1'): InferenceRecord {
  const record = world.item(id)?.record;
  if (!record) throw new Error(`Inference ${id} has not ended`);
  return record;
}

function idsOf(world: World, detailType: string): string[] {
  return world.eventsOf(detailType).map(({ detail }) => detail.metadata.id);
}

/** A text of so many bytes with its quotes, as the output of an answer. */
function outputOf(bytes: number): string {
  return 'x'.repeat(bytes - 2);
}

describe('a request that can be answered', () => {
  it('ends as succeeded with its output, tells it once and is deleted', async () => {
    const world = makeWorld();
    const messageId = world.send();
    expect(await world.receive()).toBe('completed');
    expect(world.queue.size()).toBe(0);
    expect(recordOf(world)).toMatchObject({
      status: 'succeeded',
      messageId,
      servedBy: { target: 'nova-lite' },
      deferrals: 0,
      tableSource: 'appconfig',
    });
    expect(JSON.parse(world.item('invoice-1')?.output ?? '')).toEqual({ message: { role: 'assistant', content: [{ text: 'Paris.' }] } });
    expect(idsOf(world, 'InferenceCompleted')).toEqual(['default#invoice-1#end']);
    expect(InferenceCompleted.parse(world.events[0]?.detail).data).toMatchObject({ id: 'invoice-1', stage: 'test', priority: 'standard' });
  });

  it('makes two calls of the table, and replies before it tells, and tells before it deletes', async () => {
    const world = makeWorld();
    world.send(withReply());
    await world.receive();
    expect(world.callNames()).toEqual(['store.claim', 'reserve', 'answer', 'store.finish', 'queues.reply', 'publish', 'queues.delete']);
  });

  it('replies with the result and its output', async () => {
    const world = makeWorld();
    world.send(withReply());
    await world.receive();
    expect(world.replies).toMatchObject([
      {
        queue: 'signalbox-reply-reports',
        result: { id: 'invoice-1', status: 'succeeded', output: { message: { content: [{ text: 'Paris.' }] } } },
      },
    ]);
    expect(world.replies[0]?.result).not.toHaveProperty('tenant');
  });

  it('gives its attempts to the observer with route, tenant and table', async () => {
    const world = makeWorld();
    world.send(requestBody({ tenant: 'acme' }));
    await world.receive();
    expect(world.observed).toMatchObject([{ route: 'default', tenant: 'acme', attempt: { attemptId: 'invoice-1#1' } }]);
  });

  it('asks with the whole content of its claim check', async () => {
    const seen: unknown[] = [];
    const world = makeWorld({
      answer: async (input) => {
        seen.push(input.content.messages);
        return answeredOutput(input, 'Paris.');
      },
    });
    const content = { messages: [{ role: 'user', content: [{ text: 'Where is the Louvre?' }] }] };
    world.send(requestBody({ messages: undefined, payload: uploadPayload(world, content) }));
    expect(await world.receive()).toBe('completed');
    expect(seen).toEqual([content.messages]);
    expect(recordOf(world).features).toEqual({ inputModalities: ['text'], hasTools: false, labels: { campaign: 'spring' } });
  });

  it('gives the answer loop the overlay, and the earlier of its own deadline and the end of the invocation', async () => {
    const ends: (number | undefined)[] = [];
    const overlay = { schemaVersion: '1.0', seq: 1, publishedAt: START, targets: {}, panic: [] };
    const world = makeWorld({
      answer: async (input) => {
        ends.push(input.endsAt - START);
        expect(input.overlay).toBe(overlay);
        return answeredOutput(input, 'Paris.');
      },
    });
    world.overlay = overlay;
    world.send(requestBody({ deadline: deadlineIn(30_000) }));
    world.send(requestBody({ id: 'invoice-2' }));
    await world.runUntilQuiet();
    expect(ends).toEqual([30_000, 270_000]);
  });

  it('notes the fields of a newer minor version that it ignored', async () => {
    const world = makeWorld();
    world.send(requestBody({ schemaVersion: '1.7', ...({ mood: 'cheerful' } as object) }));
    expect(await world.receive()).toBe('completed');
    expect(world.notes).toMatchObject([{ level: 'info', detail: { id: 'invoice-1', notes: [expect.stringContaining('mood')] } }]);
  });
});

describe('the output', () => {
  it.each([
    ['of 16 KB stands in the item', 16 * 1024, 'item'],
    ['above that lies in S3', 16 * 1024 + 1, 'outputs/'],
  ])('%s', async (_, bytes, place) => {
    const world = makeWorld({ answer: async (input) => answeredOutput(input, outputOf(bytes)) });
    world.send();
    await world.receive();
    const { output, outputKey } = world.item('invoice-1') ?? {};
    expect(output === undefined ? outputKey : 'item').toContain(place);
    expect(recordOf(world).outputBytes).toBe(bytes);
    expect(output ?? world.objects.get(outputKey ?? '')).toBe(JSON.stringify(outputOf(bytes)));
  });

  it.each([
    ['is read back from S3 for the reply', 200 * 1024, { output: expect.any(String) }],
    ['over 256 KiB is a link in the reply', 257 * 1024, { outputUrl: expect.stringMatching(/^https:.*outputs\//) }],
  ])('%s', async (_, bytes, expected) => {
    const world = makeWorld({ answer: async (input) => answeredOutput(input, outputOf(bytes)) });
    world.send(withReply());
    await world.receive();
    expect(world.replies[0]?.result).toMatchObject(expected);
    expect(Object.keys(world.replies[0]?.result ?? {}).filter((name) => name.startsWith('output'))).toHaveLength(1);
  });

  it('of up to 300 KB stands in the item when S3 is down', async () => {
    const world = makeWorld({ answer: async (input) => answeredOutput(input, outputOf(300 * 1024)) });
    world.interfere = interfereWith({ 'outputs.put': 'fail' });
    world.send();
    expect(await world.receive()).toBe('completed');
    expect(world.item('invoice-1')?.output).toHaveLength(300 * 1024);
  });

  it('above 300 KB is tried again until S3 takes it, without a second model call', async () => {
    const world = makeWorld({ answer: async (input) => answeredOutput(input, outputOf(300 * 1024 + 1)) });
    world.interfere = interfereWith({ 'outputs.put': ['fail', 'fail'] });
    world.send();
    expect(await world.runUntilQuiet()).toEqual(['completed']);
    expect(world.answersGiven).toBe(1);
    expect(world.eventsOf('InferenceCompleted')).toHaveLength(1);
  });
});

describe('a request that ends without an answer', () => {
  it.each(['refused', 'too-long', 'invalid', 'quarantined'] as const)('for reason %s is recorded, told and replied to', async (reason) => {
    const world = makeWorld({ answer: endedFor(reason) });
    world.send(withReply());
    expect(await world.receive()).toBe('failed');
    expect(recordOf(world)).toMatchObject({
      status: 'failed',
      reason,
      error: { code: `${reason}-code` },
      attempts: [{ attemptId: 'invoice-1#1' }],
    });
    expect(InferenceFailed.parse(world.eventsOf('InferenceFailed')[0]?.detail).data.reason).toBe(reason);
    expect(world.replies).toMatchObject([{ result: { status: 'failed', reason } }]);
    expect(world.item('invoice-1')).not.toHaveProperty('output');
  });

  it('expires without a model call when its deadline passed in the queue', async () => {
    const world = makeWorld();
    world.send(requestBody({ deadline: deadlineIn(60_000) }));
    world.clock.advance(60_000);
    expect(await world.receive()).toBe('expired');
    expect(world.answersGiven).toBe(0);
    expect(recordOf(world)).toMatchObject({ status: 'expired', attempts: [], deadline: deadlineIn(60_000), timing: { queuedMs: 60_000 } });
    expect(InferenceExpired.parse(world.eventsOf('InferenceExpired')[0]?.detail).data.deadline).toBe(deadlineIn(60_000));
  });

  it('expires with its attempts when they outlast the deadline', async () => {
    const world = makeWorld({ answer: waitingFor('out-of-time') });
    world.answer = async (input) => {
      world.clock.advance(60_000);
      return waitingFor('out-of-time')(input);
    };
    world.send(requestBody({ deadline: deadlineIn(60_000) }));
    expect(await world.receive()).toBe('expired');
    expect(recordOf(world).attempts).toHaveLength(1);
    expect(world.eventsOf('InferenceDeferred')).toEqual([]);
  });

  it('expires right after its deadline when it waited until then', async () => {
    const world = makeWorld({ answer: waitingFor('unavailable') });
    world.send(requestBody({ deadline: deadlineIn(600_000) }));
    const receipts = await world.runUntilQuiet();
    expect(receipts.at(-1)).toBe('expired');
    expect(Date.parse(recordOf(world).finishedAt) - START).toBeGreaterThanOrEqual(600_000);
    expect(Date.parse(recordOf(world).finishedAt) - START).toBeLessThanOrEqual(601_000);
  });
});

describe('a request that cannot be answered now', () => {
  it('is parked with its history, and answered when a model heals', async () => {
    const strikes = { againstRequest: 1, total: 3, struckAt: START - 5 };
    const befores: unknown[] = [];
    const world = makeWorld({ answer: inTurn(waitingFor('unavailable', { strikes }), answeredWith('Paris.')) });
    const { answer } = world;
    world.answer = (input) => {
      befores.push([input.attemptsBefore, input.strikesBefore]);
      return answer(input);
    };
    const messageId = world.send();
    expect(await world.receive()).toBe('deferred');
    expect(world.queue.sent[1]?.attributes).toEqual({
      'origin-message-id': messageId,
      deferrals: '1',
      attempts: '1',
      strikes: `1,3,${START - 5}`,
      'accepted-at': String(START),
    });
    expect(world.queue.sent[1]).toMatchObject({ body: world.queue.sent[0]?.body, visibleAt: START + 5_000 });
    expect(await world.runUntilQuiet()).toEqual(['completed']);
    expect(befores).toEqual([
      [0, { againstRequest: 0, total: 0, struckAt: 0 }],
      [1, strikes],
    ]);
    expect(recordOf(world)).toMatchObject({
      deferrals: 1,
      messageId,
      attempts: [{ attemptId: 'invoice-1#2' }],
      timing: { totalMs: 5_000 },
    });
  });

  it('waits no longer for the times that only chance kept it waiting', async () => {
    const brief = waitingFor('unavailable', { isBrief: true, attempts: [] });
    const world = makeWorld({ answer: inTurn(waitingFor('unavailable'), ...Array(8).fill(brief), waitingFor('unavailable')) });
    world.send();
    const delays: number[] = [];
    for (let receives = 0; receives < 11; receives++) {
      world.clock.now = world.queue.nextVisibleAt() ?? 0;
      expect(await world.receive()).toBe('deferred');
      delays.push(((world.queue.nextVisibleAt() ?? 0) - world.clock.now) / 1_000);
    }
    expect(delays).toEqual([5, 6, 8, 9, 12, 15, 18, 23, 29, 10, 20]);
    expect(world.queue.sent.at(-1)?.attributes).toMatchObject({ deferrals: '11', 'brief-deferrals': '8' });
  });

  it('is told on its 1st, 2nd, 4th, 8th deferral only', async () => {
    const world = makeWorld({ answer: waitingFor('unavailable') });
    world.send();
    for (let receives = 0; receives < 9; receives++) {
      world.clock.now = world.queue.nextVisibleAt() ?? 0;
      expect(await world.receive()).toBe('deferred');
    }
    const events = world.eventsOf('InferenceDeferred').map(({ detail }) => InferenceDeferred.parse(detail));
    expect(events.map(({ data }) => data.deferrals)).toEqual([1, 2, 4, 8]);
    expect(events.map(({ metadata }) => metadata.id)).toEqual([1, 2, 4, 8].map((deferrals) => `default#invoice-1#deferred-${deferrals}`));
    expect(events[0]?.data).toMatchObject({
      delaySeconds: 5,
      reason: 'unavailable: nova-lite faulted 503',
      attempts: [{ outcome: 'faulted' }],
    });
  });

  it('waits longer than a throttled target asks for, by a quarter at this draw', async () => {
    const world = makeWorld({ answer: waitingFor('throttled', { retryAfterMs: 90_000 }) });
    world.send();
    await world.receive();
    expect(world.queue.nextVisibleAt()).toBe(START + 113_000);
  });

  it('stays parked when the deferral cannot be told', async () => {
    const world = makeWorld({ answer: inTurn(waitingFor('unavailable'), answeredWith('Paris.')) });
    world.interfere = interfereWith({ publish: ['fail'] });
    world.send();
    expect(await world.runUntilQuiet()).toEqual(['deferred', 'completed']);
    expect(world.notes).toMatchObject([{ level: 'warn', message: 'A deferral could not be told' }]);
  });

  it('comes again when not even the queue can be reached', async () => {
    const world = makeWorld({ answer: waitingFor('unavailable') });
    world.interfere = interfereWith({ 'queues.resend': 'fail' });
    world.send();
    expect(await world.receive()).toMatchObject({ error: { name: 'UnavailableError' } });
    expect(world.queue.size()).toBe(1);
    expect(world.item('invoice-1')?.status).toBe('running');
  });

  it('lets a bug pass through and comes again', async () => {
    const world = makeWorld({
      answer: async () => {
        throw new TypeError('a bug');
      },
    });
    world.send();
    expect(await world.receive()).toMatchObject({ error: { name: 'TypeError' } });
    expect(world.queue.size()).toBe(1);
  });
});

describe('a second message', () => {
  it('with the same body is acknowledged silently while the first one waits, and after it ended', async () => {
    const world = makeWorld({ answer: inTurn(waitingFor('unavailable'), answeredWith('Paris.')) });
    world.send();
    world.send();
    expect([await world.receive(), await world.receive()]).toEqual(['deferred', 'duplicate']);
    await world.runUntilQuiet();
    world.send(requestBody({ labels: { campaign: 'autumn' }, deadline: deadlineIn(HOUR_MS), priority: 'bulk' }));
    expect(await world.receive()).toBe('duplicate');
    expect(world.answersGiven).toBe(2);
    expect(idsOf(world, 'InferenceCompleted')).toEqual(['default#invoice-1#end']);
  });

  it('with the same id and another body is rejected under its own message id, and the first is untouched', async () => {
    const world = makeWorld();
    world.send();
    await world.receive();
    const before = structuredClone(world.item('invoice-1'));
    const body = requestBody({ messages: [{ role: 'user', content: [{ text: 'Another question' }] }] });
    const messageId = world.send(body);
    expect(await world.receive()).toBe('rejected');
    expect(world.item('invoice-1')).toEqual(before);
    expect(world.callNames().slice(-4)).toEqual(['store.claim', 'publish', 'queues.reject', 'queues.delete']);
    expect(world.rejected).toMatchObject([
      { body: JSON.stringify(body), attributes: { reason: 'id-reused', 'origin-message-id': messageId } },
    ]);
    const event = InferenceRejected.parse(world.eventsOf('InferenceRejected')[0]?.detail);
    expect(event).toMatchObject({ metadata: { id: `rejected#${messageId}` }, data: { reason: 'id-reused', id: 'invoice-1', messageId } });
  });

  it('with the same id in another tenant is another request', async () => {
    const world = makeWorld();
    world.send();
    world.send(requestBody({ tenant: 'acme', messages: [{ role: 'user', content: [{ text: 'Another question' }] }] }));
    expect(await world.runUntilQuiet()).toEqual(['completed', 'completed']);
    expect(idsOf(world, 'InferenceCompleted')).toEqual(['default#invoice-1#end', 'acme#invoice-1#end']);
  });

  it('without an id has its own', async () => {
    const world = makeWorld();
    const ids = [world.send(requestBody({ id: undefined })), world.send(requestBody({ id: undefined }))];
    expect(await world.runUntilQuiet()).toEqual(['completed', 'completed']);
    expect(ids.map((id) => world.item(id)?.status)).toEqual(['succeeded', 'succeeded']);
  });

  it('may take an id whose first message was rejected', async () => {
    const world = makeWorld();
    world.send(requestBody({ messages: [] }));
    world.send();
    expect(await world.runUntilQuiet()).toEqual(['rejected', 'completed']);
    expect(recordOf(world).status).toBe('succeeded');
  });
});

describe('a message that is no request', () => {
  it('is noted under its id, told with its problems, and lies as it came in the rejected queue', async () => {
    const world = makeWorld();
    const body = JSON.stringify(requestBody({ messages: [{ role: 'wizard', content: [{ text: 'secret' }] }] }));
    const messageId = world.send(body);
    expect(await world.receive()).toBe('rejected');
    expect(world.callNames()).toEqual(['store.reject', 'publish', 'queues.reject', 'queues.delete']);
    expect(recordOf(world)).toMatchObject({ status: 'rejected', error: { code: 'malformed', problems: [{ path: 'messages[0].role' }] } });
    expect(world.rejected).toEqual([
      {
        body,
        attributes: {
          'origin-message-id': messageId,
          reason: 'malformed',
          problems: expect.stringContaining('messages[0].role'),
          priority: 'standard',
          'accepted-at': String(START),
        },
      },
    ]);
    expect(InferenceRejected.parse(world.events[0]?.detail)).toMatchObject({
      metadata: { id: `rejected#${messageId}` },
      data: { reason: 'malformed', id: 'invoice-1', problems: [{ path: 'messages[0].role' }] },
    });
  });

  it('leaves one copy in the rejected queue although the bus was down three times', async () => {
    const world = makeWorld();
    world.interfere = interfereWith({ publish: ['fail', 'fail', 'fail'] });
    world.send('no JSON');
    expect(await world.runUntilQuiet()).toEqual(['deferred', 'deferred', 'deferred', 'rejected']);
    expect(world.rejected).toMatchObject([{ attributes: { 'origin-message-id': 'message-1' } }]);
    expect(idsOf(world, 'InferenceRejected')).toEqual(['rejected#message-1']);
  });

  it('names its problems in characters that SQS takes', async () => {
    const world = makeWorld();
    world.send(`{"schemaVersion":"1.0","\\uffff\\u0001":1,"messages":[]}`);
    expect(await world.receive()).toBe('rejected');
    expect(world.rejected[0]?.attributes.problems).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd]+$/);
  });

  it('of a newer major version waits ten minutes once, then is rejected', async () => {
    const world = makeWorld();
    world.send(requestBody({ schemaVersion: '2.0' }));
    expect(await world.receive()).toBe('deferred');
    expect(world.queue.nextVisibleAt()).toBe(START + 600_000);
    expect(await world.runUntilQuiet()).toEqual(['rejected']);
    expect(world.rejected).toMatchObject([{ attributes: { reason: 'unsupported-version', 'origin-message-id': 'message-1' } }]);
    expect(idsOf(world, 'InferenceRejected')).toEqual(['rejected#message-1']);
  });
});

describe('a request that the routing table does not have', () => {
  const otherRoute = {
    ...routingTable,
    routes: { ...routingTable.routes, extract: { ...routingTable.routes.default, name: 'extract' } },
  } as RoutingTable;

  it.each([
    ['route', requestBody({ route: 'extract' }), 'unknown-route', 'route'],
    ['operation', requestBody({ operation: 'embed', messages: undefined, input: 'x' }), 'unknown-route', 'operation'],
    ['reply queue', requestBody({ reply: { queue: 'nobody' } }), 'unknown-reply-queue', 'reply.queue'],
    ['reply queue that every object has', requestBody({ reply: { queue: 'constructor' } }), 'unknown-reply-queue', 'reply.queue'],
  ])('is rejected for its %s', async (_, body, reason, path) => {
    const world = makeWorld();
    world.send(body);
    expect(await world.receive()).toBe('rejected');
    expect(world.answersGiven).toBe(0);
    expect(recordOf(world)).toMatchObject({ status: 'rejected', error: { code: reason, problems: [{ path }] } });
    expect(world.rejected).toMatchObject([{ attributes: { reason } }]);
    expect(idsOf(world, 'InferenceRejected')).toEqual(['rejected#message-1']);
  });

  it('is answered when a refresh brings its route', async () => {
    const world = makeWorld();
    world.tables.next = { table: otherRoute, source: 'appconfig' };
    world.send(requestBody({ route: 'extract' }));
    expect(await world.receive()).toBe('completed');
    expect(recordOf(world).route).toBe('extract');
  });

  it('waits while nothing but the bundled snapshot could be loaded', async () => {
    const world = makeWorld({ table: { table: routingTable, source: 'snapshot' } });
    world.send(requestBody({ route: 'extract' }));
    expect(await world.receive()).toBe('deferred');
    world.tables.next = { table: otherRoute, source: 's3' };
    expect(await world.runUntilQuiet()).toEqual(['completed']);
    expect(recordOf(world).tableSource).toBe('s3');
  });

  it('was taken before its route went away: it ends in one record and one event', async () => {
    const world = makeWorld({ answer: waitingFor('unavailable'), table: { table: otherRoute, source: 'appconfig' } });
    world.send(requestBody({ route: 'extract' }));
    await world.receive();
    world.tables.current = { table: routingTable, source: 'appconfig' };
    expect(await world.runUntilQuiet()).toEqual(['rejected']);
    expect(recordOf(world).status).toBe('rejected');
    expect(idsOf(world, 'InferenceRejected')).toEqual(['rejected#message-1']);
  });

  it('ended before its route went away: its event goes out all the same', async () => {
    const world = makeWorld({ table: { table: otherRoute, source: 'appconfig' } });
    world.interfere = interfereWith({ publish: ['fail'] });
    world.send(requestBody({ route: 'extract' }));
    await world.receive();
    world.tables.current = { table: routingTable, source: 'appconfig' };
    expect(await world.runUntilQuiet()).toEqual(['republished']);
    expect(idsOf(world, 'InferenceCompleted')).toEqual(['default#invoice-1#end']);
    expect(world.rejected).toEqual([]);
  });
});

describe('a payload', () => {
  it('that is gone is refused, unless its request has ended already', async () => {
    const world = makeWorld();
    const content = { messages: [{ role: 'user', content: [{ text: 'Where is the Louvre?' }] }] };
    const body = requestBody({ messages: undefined, payload: uploadPayload(world, content) });
    world.interfere = interfereWith({ publish: ['fail'] });
    world.send(body);
    await world.receive();
    world.objects.clear();
    world.send({ ...body, id: 'invoice-2' });
    expect((await world.runUntilQuiet()).sort()).toEqual(['rejected', 'republished']);
    expect(recordOf(world, 'invoice-2')).toMatchObject({ status: 'rejected', error: { code: 'payload-missing' } });
    expect(recordOf(world).status).toBe('succeeded');
  });

  it('waits while S3 cannot be reached', async () => {
    const world = makeWorld();
    world.interfere = interfereWith({ readPayload: ['fail', 'fail'] });
    const content = { messages: [{ role: 'user', content: [{ text: 'Where is the Louvre?' }] }] };
    world.send(requestBody({ messages: undefined, payload: uploadPayload(world, content) }));
    expect(await world.runUntilQuiet()).toEqual(['deferred', 'deferred', 'completed']);
    expect(world.answersGiven).toBe(1);
  });
});

describe('while something is down', () => {
  it('the bus: the answer is stored, and the next receive tells it with the same id and no second model call', async () => {
    const world = makeWorld();
    world.interfere = interfereWith({ publish: ['fail', 'fail'] });
    world.send();
    expect(await world.receive()).toBe('deferred');
    expect(recordOf(world).status).toBe('succeeded');
    expect(await world.runUntilQuiet()).toEqual(['deferred', 'republished']);
    expect(idsOf(world, 'InferenceCompleted')).toEqual(['default#invoice-1#end']);
    expect(world.answersGiven).toBe(1);
  });

  it('the bus, past the deadline: the message waits longer each time and does not spin', async () => {
    const world = makeWorld();
    world.send(requestBody({ deadline: deadlineIn(5_000) }));
    world.interfere = interfereWith({ publish: Array(6).fill('fail') });
    const receipts = await world.runUntilQuiet();
    expect(receipts).toHaveLength(7);
    expect(world.clock.now - START).toBeGreaterThan(5_000 * (2 ** 5 - 1));
  });

  it('the reply queue: the event goes out once, and the reply follows without a second model call', async () => {
    const world = makeWorld();
    world.interfere = interfereWith({ 'queues.reply': ['fail', 'fail'] });
    world.send(withReply());
    expect(await world.runUntilQuiet()).toEqual(['completed', 'republished', 'republished']);
    expect(world.replies).toHaveLength(1);
    expect(idsOf(world, 'InferenceCompleted')).toEqual(['default#invoice-1#end']);
    expect(world.answersGiven).toBe(1);
  });

  it('the reply queue, until the deadline: the reply is given up with a note, and the event was sent once', async () => {
    const world = makeWorld();
    world.interfere = interfereWith({ 'queues.reply': 'fail' });
    world.send(requestBody({ reply: { queue: 'reports' }, deadline: deadlineIn(HOUR_MS) }));
    expect((await world.runUntilQuiet()).at(-1)).toBe('republished');
    expect(world.clock.now - START).toBe(HOUR_MS);
    expect(world.replies).toEqual([]);
    expect(world.notes.at(-1)).toMatchObject({ level: 'error', detail: { id: 'invoice-1', replyQueue: 'signalbox-reply-reports' } });
    expect(idsOf(world, 'InferenceCompleted')).toEqual(['default#invoice-1#end']);
  });

  it('the inferences table, at the claim: the request is parked and no model is called', async () => {
    const world = makeWorld();
    world.interfere = interfereWith({ 'store.claim': ['fail', 'fail'] });
    world.send();
    expect(await world.receive()).toBe('deferred');
    expect(world.callNames()).toEqual(['store.claim', 'queues.resend', 'queues.delete']);
    expect(await world.runUntilQuiet()).toEqual(['deferred', 'completed']);
    expect(world.answersGiven).toBe(1);
  });

  it('the inferences table, at the claim: the request has a last try before its deadline', async () => {
    const world = makeWorld();
    world.interfere = ({ name }) => (name === 'store.claim' && world.clock.now < START + 680_000 ? 'fail' : 'none');
    world.send(requestBody({ deadline: deadlineIn(700_000) }));
    await world.runUntilQuiet();
    expect(recordOf(world)).toMatchObject({ status: 'succeeded' });
  });

  it('the inferences table, at the claim: the request comes back at its deadline, not long after', async () => {
    const world = makeWorld();
    world.interfere = ({ name }) => (name === 'store.claim' && world.clock.now < START + 700_000 ? 'fail' : 'none');
    world.send(requestBody({ deadline: deadlineIn(700_000) }));
    await world.runUntilQuiet();
    expect(recordOf(world)).toMatchObject({ status: 'expired', finishedAt: deadlineIn(700_000) });
  });

  it('the inferences table, at the finish: it is tried again while there is time', async () => {
    const world = makeWorld();
    world.interfere = interfereWith({ 'store.finish': ['fail', 'fail'] });
    world.send();
    expect(await world.receive()).toBe('completed');
    expect(world.clock.now - START).toBe(2_000);
    expect(world.answersGiven).toBe(1);
  });

  it('the inferences table, for longer: the answer is kept in S3 and finished by the next receive without a model call', async () => {
    const world = makeWorld();
    world.interfere = ({ name }) =>
      name.startsWith('store.') && world.clock.now < START + 20 * 60_000 && world.answersGiven > 0 ? 'fail' : 'none';
    world.send(withReply());
    const receipts = await world.runUntilQuiet();
    expect(receipts.at(-1)).toBe('completed');
    expect(receipts.slice(0, -1).every((receipt) => receipt === 'deferred')).toBe(true);
    expect(world.answersGiven).toBe(1);
    expect(JSON.parse(world.item('invoice-1')?.output ?? 'null')).toMatchObject({ message: { content: [{ text: 'Paris.' }] } });
    expect(world.replies).toHaveLength(1);
    expect(idsOf(world, 'InferenceCompleted')).toEqual(['default#invoice-1#end']);
  });

  it('the inferences table and S3: the answer is lost with an error note, and asked for again under new attempt ids', async () => {
    const world = makeWorld();
    world.interfere = ({ name }) =>
      name === 'store.finish' && world.clock.now < START + 300_000 ? 'fail' : name === 'outputs.stash' ? 'fail' : 'none';
    world.send();
    expect(await world.runUntilQuiet()).toEqual(['deferred', 'completed']);
    expect(world.answersGiven).toBe(2);
    expect(recordOf(world).attempts).toMatchObject([{ attemptId: 'invoice-1#2' }]);
    expect(world.notes.filter(({ level }) => level === 'error')).toMatchObject([{ message: expect.stringContaining('An answer is lost') }]);
  });

  it('S3, when a kept answer is to be read: it waits for S3 and does not ask again', async () => {
    const world = makeWorld();
    const finishDown = interfereWith({ 'outputs.readStash': ['fail'] });
    world.interfere = (call) => (call.name === 'store.finish' && world.clock.now < START + 300_000 ? 'fail' : finishDown(call));
    world.send();
    const receipts = await world.runUntilQuiet();
    expect(receipts.at(-1)).toBe('completed');
    expect(new Set(receipts.slice(0, -1))).toEqual(new Set(['deferred']));
    expect(world.answersGiven).toBe(1);
  });

  it('a lost answer of the table to a finish that it made is no second ending', async () => {
    const world = makeWorld();
    world.interfere = interfereWith({ 'store.finish': ['fail-after'] });
    world.send();
    expect(await world.receive()).toBe('completed');
    expect(idsOf(world, 'InferenceCompleted')).toEqual(['default#invoice-1#end']);
  });
});

describe('a worker whose message was taken over', () => {
  it('sends nothing: the one that took over has ended the request', async () => {
    const world = makeWorld({ answer: inTurn(answeredWith('too late'), answeredWith('Paris.')) });
    let letFinish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      letFinish = resolve;
    });
    world.interfere = async ({ worker, name }): Promise<Interference> => {
      if (worker === 1 && name === 'store.finish') await held;
      return 'none';
    };
    world.send(withReply());
    const zombie = world.receive();
    await expect.poll(() => world.callNames().at(-1)).toBe('store.finish');
    world.clock.advance(45_000);
    expect(await world.receive()).toBe('completed');
    letFinish();
    expect(await zombie).toBe('superseded');
    expect(world.item('invoice-1')?.output).toContain('Paris.');
    expect([world.events.length, world.replies.length]).toEqual([1, 1]);
    expect(JSON.stringify([world.events, world.replies])).not.toContain('too late');
  });

  it('cannot delete a message that came again and is not settled', async () => {
    const world = makeWorld();
    let letFinish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      letFinish = resolve;
    });
    world.interfere = async ({ worker, name }): Promise<Interference> => {
      if (worker === 1 && name === 'store.finish') await held;
      return worker === 2 && name === 'publish' ? 'kill' : 'none';
    };
    world.send();
    const zombie = world.receive();
    await expect.poll(() => world.callNames().at(-1)).toBe('store.finish');
    world.clock.advance(45_000);
    expect(await world.receive()).toBe('killed');
    letFinish();
    expect(await zombie).toBe('superseded');
    expect(await world.runUntilQuiet()).toEqual(['republished']);
    expect(idsOf(world, 'InferenceCompleted')).toEqual(['default#invoice-1#end']);
  });
});
