import { readFileSync } from 'node:fs';
import { loadCatalogue } from '@signalbox/catalogue';
import {
  AttemptsObserved,
  InferenceCompleted,
  InferenceDeferred,
  InferenceExpired,
  InferenceFailed,
  InferenceRequest,
  InferenceResult,
  type OutgoingEvent,
  type RoutingTable,
} from '@signalbox/contracts';
import { distinct, makeWorld, type World } from '@signalbox/inference/testing';
import { createAnswer } from '@signalbox/routing';
import { createAttemptsObserver } from '@signalbox/routing/observe';
import { compilePolicy, formatPolicyProblem } from '@signalbox/routing/policy';
import { beforeEach, describe, expect, it } from 'vitest';
import { type ScriptedModels, scriptModels } from './scripted-models.ts';

const POLICY_FILE = 'policy/routing.yaml';
const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

/** The policy that the product is delivered with, as the functions get it. */
function compileDeliveredPolicy(): RoutingTable {
  const text = readFileSync(new URL(`../../${POLICY_FILE}`, import.meta.url), 'utf8');
  const compiled = compilePolicy({ file: POLICY_FILE, text, catalogue: loadCatalogue() });
  if (compiled.kind === 'invalid') throw new Error(compiled.problems.map(formatPolicyProblem).join('\n'));
  return compiled.table;
}

type Story = { world: World; models: ScriptedModels; health: OutgoingEvent[] };

/** A world in which the real attempt loop routes by the delivered policy, and tells of its attempts as a sandbox does. */
function beginStory(): Story {
  const world = makeWorld({ table: { table: compileDeliveredPolicy(), source: 'appconfig' } });
  const models = scriptModels(world.clock);
  const sleep = async (milliseconds: number) => world.clock.advance(milliseconds);
  const now = () => world.clock.now;
  const health: OutgoingEvent[] = [];
  // The observer waits beside the work: its time is its own.
  let observedAt = world.clock.now;
  const observer = createAttemptsObserver({
    publish: async (event) => void health.push(event),
    onError: (error) => expect.unreachable(String(error)),
    sandbox: 'sandbox-1',
    stage: 'test',
    now: () => observedAt,
    newId: () => `observed-${health.length + 1}`,
    sleep: async (milliseconds) => {
      observedAt += milliseconds;
    },
  });
  world.observed.push = (...seen) => {
    for (const one of seen) observer.observe(one);
    return seen.length;
  };
  world.answer = createAnswer({ callModel: models.callModel, now, random: () => 0.5, sleep });
  return { world, models, health };
}

/** A question as a producer puts it on the queue. */
function question(id: string, stated: Partial<InferenceRequest> = {}): InferenceRequest {
  return InferenceRequest.parse({
    schemaVersion: '1.0',
    id,
    messages: [{ role: 'user', content: [{ text: 'What is the capital of France?' }] }],
    reply: { queue: 'reports' },
    ...stated,
  });
}

function outcomesOf(health: OutgoingEvent[]): string[] {
  return health
    .flatMap(({ detail }) => AttemptsObserved.parse(detail).data.observations)
    .map(({ target, outcome, count }) => `${count} ${target} ${outcome}`);
}

function allDown(models: ScriptedModels, health: 'faulted' | 'throttled' | 'hanging'): void {
  models.health = { 'nova-lite': health, haiku: health, 'nova-micro': health };
}

describe('a request on its way from the queue to its event', () => {
  let story: Story;
  beforeEach(() => {
    story = beginStory();
  });

  it('is answered by the first target of its route: record, reply and event say the same', async () => {
    const { world, models } = story;
    world.send(question('q-1', { labels: { campaign: 'spring' } }));
    expect(await world.runUntilQuiet()).toEqual(['completed']);
    expect(models.calls).toEqual(['nova-lite']);

    const record = world.item('q-1')?.record;
    const servedBy = { target: 'nova-lite', model: 'amazon.nova-lite-v1:0', region: 'us-east-1' };
    expect(record).toMatchObject({
      status: 'succeeded',
      servedBy,
      tableVersion: world.tables.current.table.version,
      timing: { totalMs: 400 },
    });
    expect(record?.costUsd).toBeCloseTo((10 * 0.06 + 20 * 0.24) / 1e6, 12);
    expect(record).not.toHaveProperty('degraded');

    const { result, queue } = world.replies[0] ?? {};
    expect(queue).toBe('signalbox-reply-reports');
    expect(InferenceResult.parse(result)).toMatchObject({
      id: 'q-1',
      status: 'succeeded',
      servedBy,
      output: { message: { role: 'assistant' } },
    });

    const { metadata, data } = InferenceCompleted.parse(world.events[0]?.detail);
    expect(metadata).toMatchObject({ id: 'default#q-1#end', correlationId: 'q-1', causationId: record?.messageId });
    expect(data).toMatchObject({
      servedBy,
      costUsd: record?.costUsd,
      usage: record?.usage,
      attempts: [{ attemptId: 'q-1#1', probability: 1, firstDraw: true }],
    });
  });

  it('is rescued by the next candidate when the first one fails, in the same receive', async () => {
    const { world, models, health } = story;
    models.health = { 'nova-lite': 'faulted' };
    world.send(question('q-1'));
    expect(await world.runUntilQuiet()).toEqual(['completed']);
    expect(models.calls).toEqual(['nova-lite', 'nova-lite', 'haiku']);
    expect(world.item('q-1')?.record).toMatchObject({
      servedBy: { target: 'haiku' },
      attempts: [{ status: 503 }, { status: 503 }, { outcome: 'succeeded' }],
    });
    expect(world.item('q-1')?.record).not.toHaveProperty('degraded');
    // The first failure is told at once, what follows it within half a second.
    expect(outcomesOf(health)).toEqual(['1 nova-lite faulted', '1 nova-lite faulted', '1 haiku succeeded']);
  });

  it('is answered degraded by the fallback when every candidate fails, and says so everywhere', async () => {
    const { world, models } = story;
    models.health = { 'nova-lite': 'faulted', haiku: 'throttled' };
    world.send(question('q-1'));
    expect(await world.runUntilQuiet()).toEqual(['completed']);
    const degraded = { from: 'standard', reason: expect.stringMatching(/class simple.*nova-lite faulted 503.*haiku throttled 429/) };
    expect(world.item('q-1')?.record).toMatchObject({ servedBy: { target: 'nova-micro' }, degraded });
    expect(world.replies).toMatchObject([{ result: { degraded } }]);
    expect(InferenceCompleted.parse(world.events[0]?.detail).data.degraded).toEqual(degraded);
  });

  it('waits rather than be answered by a lower class when it says so, and is answered when its class heals', async () => {
    const { world, models } = story;
    models.health = { 'nova-lite': 'faulted', haiku: 'faulted' };
    world.send(question('q-1', { requirements: { degrade: 'never' } }));
    expect(await world.receive()).toBe('deferred');
    expect(models.calls).not.toContain('nova-micro');
    models.health = {};
    expect(await world.runUntilQuiet()).toEqual(['completed']);
    expect(world.item('q-1')?.record).toMatchObject({ servedBy: { target: 'nova-lite' }, deferrals: 1 });
  });

  it('ends as failed when no target of its route can take it, and no model is called', async () => {
    const { world, models } = story;
    world.send(question('q-1', { requirements: { regions: ['eu-west-1'] } }));
    expect(await world.runUntilQuiet()).toEqual(['failed']);
    expect(models.calls).toEqual([]);
    expect(InferenceFailed.parse(world.events[0]?.detail).data).toMatchObject({ reason: 'invalid', error: { code: 'NoSuitableTarget' } });
  });
});

describe('an outage of every model', () => {
  const ids = Array.from({ length: 20 }, (_, index) => `q-${index}`);

  it.each(['faulted', 'throttled', 'hanging'] as const)(
    '(%s) is waiting, not failing: when it heals, each request is answered once',
    async (outage) => {
      const { world, models } = beginStory();
      allDown(models, outage);
      for (const id of ids) world.send(question(id));
      const endsAt = world.clock.now + 30 * MINUTE_MS;
      for (let nextAt = world.queue.nextVisibleAt() ?? 0; nextAt < endsAt; nextAt = world.queue.nextVisibleAt() ?? endsAt) {
        world.clock.now = Math.max(world.clock.now, nextAt);
        expect(await world.receive()).toBe('deferred');
      }
      expect(world.queue.size()).toBe(ids.length);
      expect(ids.map((id) => world.item(id)?.status)).toEqual(ids.map(() => 'running'));
      const told = world.events.map(({ detail }) => InferenceDeferred.parse(detail).data.deferrals);
      expect(new Set(told)).toEqual(new Set([1, 2, 4].concat(told.includes(8) ? 8 : [])));

      models.health = {};
      const callsBefore = models.calls.length;
      const receipts = await world.runUntilQuiet();
      expect(receipts).toEqual(ids.map(() => 'completed'));
      expect(models.calls.length - callsBefore).toBe(ids.length);
      const completed = world.eventsOf('InferenceCompleted').map(({ detail }) => detail.metadata.id);
      expect(completed.sort()).toEqual(ids.map((id) => `default#${id}#end`).sort());
      expect(distinct(world.replies.map(({ result }) => result.id))).toHaveLength(ids.length);
      // A parked request waits at most a quarter of an hour more than the outage.
      expect(world.clock.now).toBeLessThanOrEqual(endsAt + 16 * MINUTE_MS);
    },
  );

  it('that outlasts the deadline ends the request as expired, once, with the attempts of its last receive', async () => {
    const { world, models } = beginStory();
    allDown(models, 'faulted');
    const acceptedAt = world.clock.now;
    world.send(question('q-1'));
    const receipts = await world.runUntilQuiet();
    expect(receipts.at(-1)).toBe('expired');
    expect(receipts.slice(0, -1).every((receipt) => receipt === 'deferred')).toBe(true);
    expect(world.clock.now - acceptedAt).toBeGreaterThanOrEqual(DAY_MS);
    expect(world.clock.now - acceptedAt).toBeLessThan(DAY_MS + 1_000);
    expect(world.eventsOf('InferenceExpired').map(({ detail }) => InferenceExpired.parse(detail).metadata.id)).toEqual(['default#q-1#end']);
    expect(world.replies).toMatchObject([{ result: { status: 'expired' } }]);
  });

  it('loses nothing although every worker is killed as well, at one call or another', async () => {
    const { world, models } = beginStory();
    allDown(models, 'faulted');
    for (const id of ids) world.send(question(id));
    let calls = 0;
    world.interfere = () => (++calls % 7 === 0 ? 'kill' : 'none');
    for (let receives = 0; receives < 60; receives++) {
      world.clock.now = Math.max(world.clock.now, world.queue.nextVisibleAt() ?? 0);
      await world.receive();
    }
    models.health = {};
    world.interfere = () => 'none';
    await world.runUntilQuiet();
    expect(ids.map((id) => world.item(id)?.status)).toEqual(ids.map(() => 'succeeded'));
    expect(
      distinct(world.eventsOf('InferenceCompleted'))
        .map(({ detail }) => detail.metadata.id)
        .sort(),
    ).toEqual(ids.map((id) => `default#${id}#end`).sort());
  });
});
