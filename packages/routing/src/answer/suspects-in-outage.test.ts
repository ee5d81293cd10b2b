import type { CallModel, RoutingOverlay } from '@signalbox/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeRandom } from '../testing/make-random.ts';
import { makeRequest } from '../testing/make-request.ts';
import { makeTable, makeTarget } from '../testing/make-table.ts';
import { answered, failed, START } from '../testing/scripted-model.ts';
import { createAnswer } from './answer.ts';
import { createProcessHealth } from './process-health.ts';
import type { Strikes } from './strikes.ts';
import { tenantSlot } from './tenant-slot.ts';

const TARGETS = ['a', 'b', 'c'];
const PROCESSES = 4;
const LOUD = 'loud';
/** Good requests, of the same slot as those of `loud`. */
const INNOCENT = Array.from({ length: 200 }, (_, index) => `tenant-${index}`).find((one) => tenantSlot(one) === tenantSlot(LOUD)) as string;
/** The controller is away and cannot take back its word. */
const OVERLAY: RoutingOverlay = {
  schemaVersion: '1.0',
  seq: 1,
  publishedAt: START,
  targets: {},
  panic: [],
  suspectSlots: [tenantSlot(LOUD)],
};
const HUNG = failed('timed-out', { error: 'FirstTokenTimeout' });

type Outage = { targets: readonly string[]; from: number; to: number };
type Life = { tenant: string; kind: string; attempts: number; tookMs: number };
/** `poison`: the share of it in the first half of the time. */
type Load = { seed: number; seconds: number; outage?: Outage; poison?: number };

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** A model that answers after 0.3 to 3.3 s; what is of `loud`, or comes upon an outage, hangs to the first-token limit. */
function createModel(random: () => number, { targets, from, to }: Outage): CallModel {
  return async ({ target, limits, content: { system = [] } }) => {
    const begunAt = (Date.now() - START) / 1_000;
    const takesMs = 300 + random() * 3_000;
    const isOut = targets.includes(target.id) && begunAt + takesMs / 1_000 > from && begunAt < to;
    const hangs = isOut || (system[0] as { text: string }).text === LOUD;
    await sleep(hangs ? (limits.firstTokenMs ?? limits.totalMs) : takesMs);
    return hangs ? HUNG : answered();
  };
}

/** Four processes; every half second a request comes, each receive of it to any of them, until it has ended. */
async function simulate({ seed, seconds, outage = { targets: [], from: 0, to: 0 }, poison = 0 }: Load): Promise<Life[]> {
  const random = makeRandom(seed);
  const made = makeTable({ targets: TARGETS.map((id) => makeTarget(id)), route: { strategy: 'weighted' } });
  const ports = { now: Date.now, random, sleep, callModel: createModel(random, outage) };
  const processes = Array.from({ length: PROCESSES }, () => createAnswer({ ...ports, health: createProcessHealth({ random }) }));
  const live = async (id: string, tenant: string): Promise<Life> => {
    const content = { system: [{ text: tenant }], messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };
    const input = { id, content, features: makeRequest({ tenant }), ...made, overlay: OVERLAY, signal: new AbortController().signal };
    const begunAt = Date.now();
    let attempts = 0;
    let strikesBefore: Strikes | undefined;
    let deferrals = 0;
    for (;;) {
      const answer = processes[Math.floor(random() * PROCESSES)] as (typeof processes)[number];
      const result = await answer({ ...input, endsAt: Date.now() + 75_000, strikesBefore });
      attempts += result.attempts.length;
      if (result.kind !== 'waiting') return { tenant, kind: result.kind, attempts, tookMs: Date.now() - begunAt };
      strikesBefore = result.strikes;
      const seconds = result.isBrief ? 6 : Math.min(900, 5 * 2 ** deferrals++);
      await sleep((0.75 + random() / 2) * seconds * 1_000);
    }
  };
  const lives: Promise<Life>[] = [];
  for (let index = 0; index < seconds * 2; index++) {
    const tenant = index < seconds && random() < poison ? LOUD : index % 4 === 0 ? INNOCENT : `other-${index % 7}`;
    lives.push(live(`${index}`, tenant));
    await vi.advanceTimersByTimeAsync(500);
  }
  await vi.advanceTimersByTimeAsync(3_600_000);
  return Promise.all(lives);
}

describe('while a slot of tenants is suspect', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: START });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([
    [1, TARGETS, 90],
    [2, TARGETS, 20],
    [3, TARGETS, 240],
    [4, ['a'], 120],
    [5, ['a', 'b'], 60],
    [6, ['a'], 15],
  ])('no good request of it fails in an outage (seed %i, %j, %i s)', async (seed, targets, outageSeconds) => {
    const lives = await simulate({ seed, seconds: outageSeconds + 60, outage: { targets, from: 20, to: 20 + outageSeconds } });
    expect(lives.filter(({ kind }) => kind !== 'answered')).toEqual([]);
    expect(Math.max(...lives.filter(({ tenant }) => tenant === INNOCENT).map(({ attempts }) => attempts))).toBeGreaterThan(1);
  });

  it.each([7, 8])('poison costs two attempts, and good requests of the same slot none (seed %i)', async (seed) => {
    const lives = await simulate({ seed, seconds: 480, poison: 0.2 });
    const poison = lives.filter(({ tenant }) => tenant === LOUD);
    expect(poison.length).toBeGreaterThan(60);
    expect(new Set(poison.map(({ kind }) => kind))).toEqual(new Set(['ended']));
    const attempts = poison.map((one) => one.attempts).toSorted((one, other) => one - other);
    expect(attempts[Math.floor(attempts.length / 2)]).toBe(2);
    expect(attempts.at(-1)).toBeLessThanOrEqual(4);
    const good = lives.filter(({ tenant }) => tenant !== LOUD);
    expect(good.filter(({ kind, attempts: made, tookMs }) => kind !== 'answered' || made > 1 || tookMs > 3_400)).toEqual([]);
  });

  it.each([9, 10])('poison in an outage takes nobody with it, and ends when it is over (seed %i)', async (seed) => {
    const lives = await simulate({ seed, seconds: 360, poison: 0.2, outage: { targets: TARGETS, from: 20, to: 80 } });
    expect(lives.filter(({ tenant, kind }) => (tenant === LOUD ? kind !== 'ended' : kind !== 'answered'))).toEqual([]);
  });
});
