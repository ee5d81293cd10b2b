import { describe, expect, it } from 'vitest';
import { answeredWith, endedFor, interfereWith, makeWorld, requestBody, uploadPayload, type World, waitingFor } from './testing/index.ts';

const CANARY = 'c4n4ry';
const messages = [{ role: 'user', content: [{ text: `What is ${CANARY}?` }] }];
const system = [{ text: `Never say ${CANARY}.` }];
const secret = requestBody({ messages, system, reply: { queue: 'reports' } });
const answerWithCanary = answeredWith(`It is ${CANARY}.`);

/** Everything that left through ports, but for the body of a message and of an object, a stored output and a reply. */
function whatLeft(world: World): string {
  return JSON.stringify({
    events: world.events,
    notes: world.notes,
    observed: world.observed,
    attributes: world.queue.sent.map(({ attributes }) => attributes),
    rejected: world.rejected.map(({ attributes }) => attributes),
    records: [...world.store.items.values()].map(({ output: _output, ...item }) => item),
    keys: [...world.objects.keys()],
  });
}

const DOWN = {
  none: {},
  bus: { publish: ['fail' as const] },
  table: { 'store.claim': ['fail' as const] },
  reply: { 'queues.reply': ['fail' as const] },
};

describe('prompts and answers stay out of events, notes, records and attributes', () => {
  it.each<[string, World['answer'], unknown]>([
    ['answered', answerWithCanary, secret],
    ['refused', endedFor('refused'), secret],
    ['waiting until its deadline', waitingFor('unavailable'), { ...secret, deadline: '2026-09-21T14:20:00Z' }],
    ['malformed', answerWithCanary, { ...secret, messages: [{ role: CANARY, content: [{ text: CANARY, tone: CANARY }] }], id: [CANARY] }],
    ['no JSON', answerWithCanary, `{"messages": "${CANARY}`],
    ['of an unknown route', answerWithCanary, { ...secret, route: 'nowhere' }],
    ['of a newer minor version', answerWithCanary, { ...secret, schemaVersion: '1.3', mood: CANARY }],
    ['of a newer major version', answerWithCanary, { ...secret, schemaVersion: '3.0' }],
  ])('of a request %s, whatever is down', async (_, answer, body) => {
    for (const plan of Object.values(DOWN)) {
      const world = makeWorld({ answer });
      world.interfere = interfereWith(plan);
      world.send(body);
      await world.runUntilQuiet();
      expect(world.events.length).toBeGreaterThan(0);
      expect(whatLeft(world)).not.toContain(CANARY);
    }
  });

  it('of a claim check with content that is refused', async () => {
    const world = makeWorld();
    const content = { messages: [{ role: 'user', content: [{ text: CANARY, note: CANARY }] }] };
    world.send(requestBody({ messages: undefined, payload: uploadPayload(world, content) }));
    await world.runUntilQuiet();
    expect(world.eventsOf('InferenceRejected')).toHaveLength(1);
    expect(whatLeft(world)).not.toContain(CANARY);
  });

  it('and yet reach the one who asked', async () => {
    const world = makeWorld({ answer: answerWithCanary });
    world.send(secret);
    await world.runUntilQuiet();
    expect(JSON.stringify(world.replies)).toContain(`It is ${CANARY}.`);
    expect(world.item('invoice-1')?.output).toContain(CANARY);
  });
});
