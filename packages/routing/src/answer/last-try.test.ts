import type { RoutingOverlay } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { answered, failed, START } from '../testing/scripted-model.ts';
import { isLastTry } from './last-try.ts';
import { createLab } from './testing/create-lab.ts';
import type { TimedReply } from './testing/timed-model.ts';

/** 15 s before its deadline the worker has a parked request come back for the last time. */
const LAST_MS = 15_000;

function createWorld() {
  const replies: Record<string, TimedReply['reply']> = {};
  const lab = createLab({ script: ({ target: { id } }) => ({ reply: replies[id] ?? answered(), takesMs: 100 }), random: () => 0.5 });
  const ask = (leftMs: number, overlay?: RoutingOverlay) => lab.time.run(lab.ask({ endsAt: lab.time.now() + leftMs, overlay }));
  return { ...lab, replies, ask };
}

function overlayOf(share: number, stated: Partial<RoutingOverlay> = {}): RoutingOverlay {
  const entry = { state: 'open' as const, share, reason: 'test', since: START };
  return {
    schemaVersion: '1.0',
    seq: 1,
    publishedAt: START,
    panic: [],
    targets: { 'a@d0': entry, 'b@d0': entry, 'c@d0': entry },
    ...stated,
  };
}

it.each([
  [16_001, false],
  [16_000, true],
  [0, true],
  [-1, true],
])('with %d ms left the last try is %s', (leftMs, expected) => {
  expect(isLastTry({ endsAt: START + leftMs }, START)).toBe(expected);
});

describe('a request near its end', () => {
  it('is not kept from all targets by chance, though with time left it is', async () => {
    const { ask } = createWorld();
    expect(await ask(60_000, overlayOf(0.4))).toMatchObject({ kind: 'waiting', isBrief: true, attempts: [] });
    expect(await ask(LAST_MS, overlayOf(0.4))).toMatchObject({ kind: 'answered' });
  });

  it('tries one target in panic, whoever had the turn', async () => {
    const { ask, replies, calls } = createWorld();
    for (const id of ['a', 'b', 'c']) replies[id] = failed('faulted', { isTransient: true });
    const panic = overlayOf(0, { panic: ['default'] });
    await ask(60_000, panic);
    expect(calls).toHaveLength(1);
    expect(await ask(60_000, panic)).toMatchObject({ kind: 'waiting', attempts: [] });
    expect((await ask(LAST_MS, panic)).attempts).toHaveLength(1);
  });

  it('leaves the turn to the others', async () => {
    const { ask } = createWorld();
    const panic = overlayOf(0, { panic: ['default'] });
    expect(await ask(LAST_MS, panic)).toMatchObject({ kind: 'answered' });
    const { ask: askFailing, replies } = createWorld();
    for (const id of ['a', 'b', 'c']) replies[id] = failed('faulted');
    await askFailing(LAST_MS, panic);
    expect((await askFailing(60_000, panic)).attempts).toHaveLength(1);
  });

  it('tries those that are out here when there is nobody else', async () => {
    const { ask, replies } = createWorld();
    for (const id of ['a', 'b', 'c']) replies[id] = failed('faulted');
    for (let index = 0; index < 4; index++) await ask(60_000);
    expect((await ask(60_000)).attempts).toHaveLength(0);
    for (const id of ['a', 'b', 'c']) replies[id] = answered();
    expect(await ask(LAST_MS)).toMatchObject({ kind: 'answered' });
  });

  it('waits as usual after faults', async () => {
    const { ask, replies } = createWorld();
    for (const id of ['a', 'b', 'c']) replies[id] = failed('faulted');
    const result = await ask(LAST_MS);
    expect(result).toMatchObject({ kind: 'waiting', reason: 'unavailable' });
    expect(result).not.toHaveProperty('isBrief');
  });

  it('comes again in seconds when its targets only ask for less', async () => {
    const { ask, replies } = createWorld();
    for (const id of ['a', 'b', 'c']) replies[id] = failed('throttled');
    expect(await ask(60_000)).not.toHaveProperty('isBrief');
    const last = createWorld();
    for (const id of ['a', 'b', 'c']) last.replies[id] = failed('throttled');
    expect(await last.ask(LAST_MS)).toMatchObject({ kind: 'waiting', reason: 'throttled', isBrief: true });
  });
});

describe('where the fleet only watches a target', () => {
  it('nobody waits to be drawn for it, but one request finds out', async () => {
    const { ask, calls } = createWorld();
    expect((await ask(60_000, overlayOf(0.005))).attempts).toHaveLength(1);
    expect(calls).toHaveLength(1);
  });
});
