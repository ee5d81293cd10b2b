import type { ModelCall, ModelReply, RouteLimits } from '@signalbox/contracts';
import { routingTable } from '@signalbox/contracts/samples';
import { beforeEach, expect, it } from 'vitest';
import { createProbeTarget } from './probe-target.ts';
import { makeWorld } from './testing/make-world.ts';

const TASK = { key: 'nova-lite@9d0c1b2a', id: 'nova-lite' };
const ANSWER: ModelReply = {
  outcome: 'succeeded',
  output: { message: { role: 'assistant', content: [{ text: 'OK' }] } },
  stopReason: 'end_turn',
};

let fixture: ReturnType<typeof makeWorld>;
let calls: ModelCall[];
let hasBudget: boolean;

beforeEach(() => {
  fixture = makeWorld(routingTable);
  calls = [];
  hasBudget = true;
});

function probe(reply: ModelReply, { tookMs = 300, task = TASK } = {}) {
  const callModel = async (call: ModelCall) => {
    calls.push(call);
    fixture.world.now += tookMs;
    return reply;
  };
  return createProbeTarget({ ...fixture.ports, callModel, spend: async () => hasBudget })(task);
}

it('is a tiny prompt of our own, and says what came of it', async () => {
  const startedAt = fixture.world.now;
  expect(await probe(ANSWER)).toEqual({ kind: 'probed', outcome: 'succeeded', slow: false, startedAt, latencyMs: 300 });
  expect(calls).toMatchObject([{ target: { id: 'nova-lite' }, inferenceConfig: { maxTokens: 8 } }]);
  expect(JSON.stringify(calls[0]?.content).length).toBeLessThan(100);
});

it('is marked as synthetic, and is in no figure of customers: no event, only counts of its own', async () => {
  await probe(ANSWER);
  expect(calls).toMatchObject([{ synthetic: true }]);
  expect(fixture.world.events).toEqual([]);
  expect([...fixture.world.metrics]).toEqual([['ProbesMade', 1]]);
  expect(fixture.world.notes).toMatchObject([{ level: 'info', detail: { synthetic: true, target: 'nova-lite', outcome: 'succeeded' } }]);
});

it('fails as the call failed', async () => {
  const reply: ModelReply = { outcome: 'model-error', error: 'ModelErrorException', message: 'no', status: 424, originalStatus: 503 };
  expect(await probe(reply)).toMatchObject({ kind: 'probed', outcome: 'model-error', originalStatus: 503 });
});

it('is slow by the limit of the route', async () => {
  const slowMs = routingTable.routes.default?.limits.slowMs ?? 0;
  expect(slowMs).toBeGreaterThan(0);
  expect(await probe(ANSWER, { tookMs: slowMs + 1 })).toMatchObject({ slow: true });
  expect(await probe(ANSWER, { tookMs: slowMs })).toMatchObject({ slow: false });
});

it.each([
  ['a whole attempt where the route knows no limit of a first token', { attemptMs: 20_000 }, 20_000],
  ['a first token and a little more where the route waits no longer for one', { attemptMs: 20_000, firstTokenMs: 2_000 }, 5_000],
  ['never longer than the attempt', { attemptMs: 4_000, firstTokenMs: 2_000 }, 4_000],
  ['never longer than the function has', { attemptMs: 240_000 }, 30_000],
])('waits for %s', async (_, limits, totalMs) => {
  useRoutes({ default: limits });
  await probe(ANSWER);
  expect(calls[0]?.limits).toEqual({ totalMs });
});

it('waits as long as the most patient of its routes', async () => {
  useRoutes({ default: { attemptMs: 20_000, firstTokenMs: 1_000 }, patient: { attemptMs: 15_000 } });
  await probe(ANSWER);
  expect(calls[0]?.limits).toEqual({ totalMs: 15_000 });
});

function useRoutes(limits: Record<string, Omit<RouteLimits, 'maxTargets'>>): void {
  const route = routingTable.routes.default;
  if (!route) throw new Error('the sample table has no default route');
  const routes = Object.fromEntries(
    Object.entries(limits).map(([name, own]) => [name, { ...route, name, limits: { ...own, maxTargets: 3 } }]),
  );
  fixture = makeWorld({ ...routingTable, routes });
}

it('asks for an embedding where every route of the target does', async () => {
  const route = routingTable.routes.default;
  if (!route) throw new Error('the sample table has no default route');
  const vectors = { ...route, name: 'vectors', operation: 'embed' as const };
  fixture = makeWorld({ ...routingTable, routes: { vectors } });
  await probe({ ...ANSWER, output: { embeddings: [[0.1]] } });
  fixture = makeWorld({ ...routingTable, routes: { default: route, vectors } });
  await probe(ANSWER);
  expect(calls.map(({ operation, content }) => [operation, Object.keys(content)])).toEqual([
    ['embed', ['input']],
    [undefined, ['messages']],
  ]);
});

it('counts a model as there that had not come to a word yet', async () => {
  const empty = { outcome: 'malformed', error: 'EmptyAnswer', message: 'empty' } as const;
  expect(await probe({ ...empty, usage: { inputTokens: 9, outputTokens: 8 } })).toMatchObject({ outcome: 'succeeded' });
  expect(await probe({ ...empty, usage: { inputTokens: 9, outputTokens: 0 } })).toMatchObject({ outcome: 'malformed' });
  expect(await probe({ ...empty, error: 'CutAnswer', usage: { inputTokens: 9, outputTokens: 8 } })).toMatchObject({ outcome: 'malformed' });
});

it.each([
  ['left the table', { key: 'gone@1', id: 'gone' }],
  ['was redefined', { key: 'nova-lite@older', id: 'nova-lite' }],
  ['has the name of what every object has', { key: 'constructor@undefined', id: 'constructor' }],
])('is not made where the target %s', async (_, task) => {
  expect(await probe(ANSWER, { task })).toEqual({ kind: 'gone' });
  expect(calls).toEqual([]);
});

it('is not made, and that is told, when the probes of the hour are used up', async () => {
  hasBudget = false;
  expect(await probe(ANSWER)).toEqual({ kind: 'skipped' });
  expect(calls).toEqual([]);
  expect([...fixture.world.metrics]).toEqual([['ProbesSkipped', 1]]);
});
