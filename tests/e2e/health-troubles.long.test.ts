import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BusListener, listenToBus, type SeenEvent } from './kit/bus-listener.ts';
import { historyOf, overlaysOf, sharesOf } from './kit/health-history.ts';
import { question } from './kit/producer.ts';
import { type RunningStack, startStack } from './kit/running-stack.ts';
import { type Answered, type Sender, startSender } from './kit/sender.ts';
import { createSimulator, type ModelFault } from './kit/simulator.ts';
import { createTenants, type Tenant } from './kit/tenants.ts';
import { deployTroubleTable, type TroubleRoute, targetOf } from './kit/trouble-table.ts';

/**
 * Nine troubles at once, each on a route of its own: what befalls one must not touch another. Every request is sent while they last, and each
 * test then looks at what its producers got and at what the controller told.
 */
const ROUTES: TroubleRoute[] = [
  { name: 'outage', weights: [3, 2], fallbacks: 1 },
  { name: 'brownout', weights: [3, 2] },
  { name: 'latency', weights: [3, 2], slowMs: 1_000 },
  { name: 'throttled', weights: [3, 2] },
  { name: 'flapping', weights: [3, 2] },
  { name: 'region', weights: [3, 2], fallbacks: 3 },
  { name: 'all-out', weights: [3, 2], fallbacks: 1 },
  { name: 'quiet', weights: [1], fallbacks: 1 },
  { name: 'poison', weights: [3, 2] },
];
const DOWN: ModelFault = { kind: 'error', status: 503 };
/** Everything is well for so long at first. */
const CALM_MS = 15_000;
const TROUBLE_MS = 75_000;
/** Enough for ejections of up to 37 s and a relapse, three probes and two steps of the ramp. */
const AFTER_MS = 100_000;
const TENANTS = Array.from({ length: 8 }, (_, index) => `tenant-${index}`);
/** Between two requests of the route `quiet`. */
const QUIET_EVERY_MS = 30_000;

let running: RunningStack;
let bus: BusListener;
let simulator: ReturnType<typeof createSimulator>;
let brokenAt: number;
let healedAt: number;
let events: SeenEvent[];
const answers = new Map<string, Answered[]>();

beforeAll(async () => {
  running = await startStack({ args: ['--minute', '60s'] });
  simulator = createSimulator(running.stack);
  bus = await listenToBus(running.stack);
  await deployTroubleTable(running.stack, ROUTES);
  // A process looks for a new table every thirty seconds; the first to be asked is new.
  const senders = await startSenders();
  await sleep(CALM_MS);
  brokenAt = Date.now();
  await Promise.all([breakAll(), sleep(TROUBLE_MS)]);
  await simulator.heal();
  healedAt = Date.now();
  await sleep(AFTER_MS);
  await Promise.all(senders.map(async ([route, sender]) => answers.set(route, await sender.end())));
  events = await bus.drain();
}, 420_000);
afterAll(() => running?.stop());

async function breakAll(): Promise<void> {
  await simulator.break(targetOf('outage', 0), DOWN);
  await simulator.break(targetOf('brownout', 0), { ...DOWN, rate: 0.3 });
  await simulator.break(targetOf('latency', 0), { kind: 'latency', latencyMs: 4_000 });
  await simulator.break(targetOf('throttled', 0), { kind: 'throttle', rate: 0.3 });
  for (const index of [0, 1, 2]) await simulator.break(targetOf('region', index), DOWN);
  for (const index of [0, 1, 2]) await simulator.break(targetOf('all-out', index), DOWN);
  await simulator.break(targetOf('quiet', 0), DOWN);
  await flap(targetOf('flapping', 0));
}

/** 20 s down, 20 s up; the last one up. */
async function flap(target: string): Promise<void> {
  for (let at = 0; at + 20_000 < TROUBLE_MS; at += 40_000) {
    await simulator.break(target, { ...DOWN, forSeconds: 20 });
    await sleep(Math.min(40_000, TROUBLE_MS - at - 100));
  }
}

/** One sender a route. */
async function startSenders(): Promise<[string, Sender][]> {
  const usual = ROUTES.filter(({ name }) => name !== 'quiet').map(({ name }) => name);
  const [mallory, ...tenants] = (await createTenants(running.stack, ['mallory', ...TENANTS])) as [Tenant, ...Tenant[]];
  const ask = (route: string, everyMs: number) =>
    startSender(tenants, { everyMs, next: (count) => question(`Question ${count} of ${route}`, { route }) });
  return [
    ...usual.map((route): [string, Sender] => [route, ask(route, 400)]),
    ['quiet', ask('quiet', QUIET_EVERY_MS)],
    // One tenant whose requests no model can answer: a fifth of the route's traffic.
    [
      'poisonous',
      startSender([mallory], {
        everyMs: 1_600,
        next: () => question('[[empty]]', { route: 'poison', deadline: new Date(Date.now() + 90_000).toISOString() }),
      }),
    ],
  ];
}

function answersOf(route: string): Answered[] {
  return answers.get(route) ?? [];
}

/** Of the requests of a time, the share whose first attempt went to a target. */
function firstTriesOf(route: string, target: string, from: number, to = Number.POSITIVE_INFINITY): number {
  const own = answersOf(route).filter(({ sentAt }) => sentAt >= from && sentAt < to);
  expect(own.length).toBeGreaterThan(10);
  return own.filter(({ attempts }) => attempts?.[0]?.target === target).length / own.length;
}

function attemptsPerRequest(route: string): number {
  const own = answersOf(route);
  return own.reduce((sum, { attempts = [] }) => sum + attempts.length, 0) / own.length;
}

/** When the fleet was told that a target gets next to nothing; a process reads it within a second or two. */
function leftAt(target: string): number {
  return sharesOf(events, target).find(({ share }) => share <= 0.02)?.at ?? Number.POSITIVE_INFINITY;
}

function typesOf(target: string): string[] {
  return historyOf(events, target).map(({ type }) => type);
}

it.each(ROUTES.map(({ name }) => name))('answers every request of the route %s', (route) => {
  expect(answersOf(route).length).toBeGreaterThanOrEqual(5);
  expect(answersOf(route).filter(({ status }) => status !== 'succeeded')).toEqual([]);
});

it('tells of panic for the route of which nobody is up, and for no other', () => {
  const panics = overlaysOf(events).map(({ at, current }) => ({ at, panic: current.panic }));
  expect([...new Set(panics.flatMap(({ panic }) => panic))]).toEqual(['all-out']);
  const began = panics.find(({ panic }) => panic.length > 0)?.at ?? 0;
  const ended = panics.find(({ at, panic }) => at > began && panic.length === 0)?.at ?? Number.POSITIVE_INFINITY;
  expect(began).toBeGreaterThan(brokenAt);
  expect(ended - healedAt).toBeLessThan(45_000);
});

it('takes a target that is down out within seconds, and lets it in again after probes', () => {
  const target = targetOf('outage', 0);
  expect(leftAt(target) - brokenAt).toBeLessThan(15_000);
  expect(typesOf(target)).toContain('TargetEjected');
  expect(historyOf(events, target).map(({ reason }) => reason)).toContainEqual(expect.stringMatching(/^ejected: .*failed/));
  const restored = historyOf(events, target).find(({ type }) => type === 'TargetRestored');
  expect(restored?.at).toBeGreaterThan(healedAt);
  expect(restored?.at).toBeLessThan(healedAt + 75_000);
  // Two of a hundred by its share, out of about 150 requests.
  expect(firstTriesOf('outage', target, leftAt(target) + 3_000, healedAt)).toBeLessThan(0.1);
  expect(firstTriesOf('outage', target, (restored?.at ?? 0) + 3_000)).toBeGreaterThan(0.35);
  expect(attemptsPerRequest('outage')).toBeLessThan(1.1);
});

it('takes traffic from a target of which a third of the calls fail, and gives it back in steps', () => {
  const target = targetOf('brownout', 0);
  expect(leftAt(target) - brokenAt).toBeLessThan(45_000);
  expect(historyOf(events, target)[0]).toMatchObject({
    type: 'TargetDegraded',
    reason: expect.stringMatching(/^degraded: \d+ of \d+ calls failed/),
  });
  const after = sharesOf(events, target).filter(({ at }) => at > healedAt);
  expect(after.map(({ share }) => share)).toEqual(after.map(({ share }) => share).toSorted((one, other) => one - other));
  expect(after.at(-1)?.share).toBeGreaterThan(0.02);
  expect(attemptsPerRequest('brownout')).toBeLessThan(1.1);
});

it('takes traffic from a target that is slow', () => {
  const target = targetOf('latency', 0);
  expect(leftAt(target) - brokenAt).toBeLessThan(45_000);
  expect(historyOf(events, target)[0]).toMatchObject({ type: 'TargetDegraded', reason: expect.stringMatching(/^slow: /) });
  expect(firstTriesOf('latency', target, leftAt(target) + 3_000, healedAt)).toBeLessThan(0.1);
});

it('gives a throttled target what its quota bears, and never ejects it', () => {
  const target = targetOf('throttled', 0);
  expect(typesOf(target)[0]).toBe('TargetThrottled');
  expect(new Set(typesOf(target))).toEqual(new Set(['TargetThrottled', 'TargetRestored'].slice(0, new Set(typesOf(target)).size)));
  expect(Math.min(...sharesOf(events, target).map(({ share }) => share))).toBeGreaterThan(0.3);
  expect(attemptsPerRequest('throttled')).toBeLessThan(1.25);
});

it('does not flap with a target that flaps', () => {
  const target = targetOf('flapping', 0);
  expect(leftAt(target) - brokenAt).toBeLessThan(15_000);
  expect(typesOf(target).filter((type) => type === 'TargetRestored').length).toBeLessThanOrEqual(2);
  expect(attemptsPerRequest('flapping')).toBeLessThan(1.15);
});

it('lives on two targets of five', () => {
  for (const index of [0, 1, 2]) expect(leftAt(targetOf('region', index)) - brokenAt).toBeLessThan(20_000);
  for (const index of [3, 4]) expect(typesOf(targetOf('region', index))).toEqual([]);
  const [well, alsoWell] = [targetOf('region', 3), targetOf('region', 4)];
  const from = brokenAt + 25_000;
  expect(firstTriesOf('region', well, from, healedAt) + firstTriesOf('region', alsoWell, from, healedAt)).toBeGreaterThan(0.9);
  expect(attemptsPerRequest('region')).toBeLessThan(1.15);
});

it('finds a target out that is asked once in half a minute, by calls of its own', () => {
  const target = targetOf('quiet', 0);
  const ejected = historyOf(events, target).find(({ type }) => type === 'TargetEjected');
  // Three failures of three requests: the customer's was tried twice, and two of the probes (three, where two share a slot) failed after it.
  expect(ejected?.reason).toMatch(/^ejected: the last [45] calls all failed/);
  const later = answersOf('quiet').filter(({ sentAt }) => sentAt > (ejected?.at ?? Number.POSITIVE_INFINITY) + 3_000 && sentAt < healedAt);
  expect(later.length).toBeGreaterThanOrEqual(1);
  expect(later.map(({ attempts = [] }) => attempts.length)).toEqual(later.map(() => 1));
  expect(typesOf(target)).toContain('TargetRestored');
});

it('takes no target from anybody for what one tenant asks', () => {
  expect(typesOf(targetOf('poison', 0))).toEqual([]);
  expect(typesOf(targetOf('poison', 1))).toEqual([]);
  expect(attemptsPerRequest('poison')).toBe(1);
  const poison = answersOf('poisonous');
  expect(poison.length).toBeGreaterThan(50);
  expect(poison.filter(({ status }) => status !== 'failed' && status !== 'expired')).toEqual([]);
  const quarantined = poison.filter(({ error }) => error?.code === 'Quarantined').length;
  expect(quarantined / poison.length).toBeGreaterThan(0.9);
});
