import type { ModelReply, RoutingOverlay } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { makeRequest } from '../testing/make-request.ts';
import { makeTarget } from '../testing/make-table.ts';
import { answered, failed, START } from '../testing/scripted-model.ts';
import type { AnswerInput } from './answer-input.ts';
import type { Strikes } from './strikes.ts';
import { isSuspectTenant } from './suspicion.ts';
import { tenantSlot } from './tenant-slot.ts';
import { createLab } from './testing/create-lab.ts';
import type { TimedCall, TimedReply } from './testing/timed-model.ts';

const SUSPECT = 'loud';
const hung = failed('timed-out', { error: 'FirstTokenTimeout' });

function overlayOf(stated: Partial<RoutingOverlay> = {}): RoutingOverlay {
  return { schemaVersion: '1.0', seq: 1, publishedAt: START, targets: {}, panic: [], suspectSlots: [tenantSlot(SUSPECT)], ...stated };
}

type Replies = (call: { id: string; tenant: string }) => ModelReply;

/** A process that has an overlay with the slot of `loud` in it; calls take a second, what hangs ten. */
function createWorld({ reply, hedge }: { reply: Replies; hedge?: { afterMs: number; budget: number } }) {
  const script = ({ target: { id }, content: { system = [] } }: TimedCall): TimedReply => {
    const given = reply({ id, tenant: (system[0] as { text: string }).text });
    return { reply: given, takesMs: given.outcome === 'timed-out' ? 10_000 : 1_000 };
  };
  const lab = createLab({ script, targets: ['a', 'b', 'c'].map((id) => makeTarget(id)), route: hedge ? { hedge } : {}, random: () => 0.5 });
  const overlay = overlayOf();
  const ask = (tenant: string, stated: Partial<AnswerInput> = {}) => {
    const content = { system: [{ text: tenant }], messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };
    return lab.time.run(lab.ask({ tenant, content, overlay, endsAt: lab.time.now() + 270_000, ...stated }));
  };
  return { ...lab, ask, wait: (milliseconds: number) => lab.time.run(lab.time.sleep(milliseconds)) };
}

const poison: Replies = ({ tenant }) => (tenant === SUSPECT ? hung : answered());
const targetsOf = ({ attempts }: { attempts: readonly { target: string }[] }) => attempts.map(({ target }) => target).join(' ');

function strikesOf(result: { kind: string; strikes?: Strikes }): Strikes {
  if (!result.strikes) throw new Error(`it is ${result.kind}, and has no strikes`);
  return result.strikes;
}

describe('isSuspectTenant', () => {
  const features = makeRequest({ tenant: SUSPECT });

  it.each<[string, RoutingOverlay | undefined, boolean]>([
    ['without an overlay nobody is', undefined, false],
    ['without suspects nobody is', overlayOf({ suspectSlots: [] }), false],
    ['by an overlay of an older controller nobody is', { schemaVersion: '1.0', seq: 1, publishedAt: START, targets: {}, panic: [] }, false],
    ['who is in a slot that it names is', overlayOf({ suspectSlots: [0, tenantSlot(SUSPECT)] }), true],
    ['who is in another slot is not', overlayOf({ suspectSlots: [(tenantSlot(SUSPECT) + 1) % 16] }), false],
    ['by a stale one nobody is', overlayOf({ publishedAt: START - 16 * 60_000 }), false],
  ])('%s', (_, overlay, expected) => {
    expect(isSuspectTenant({ overlay, features }, START)).toBe(expected);
  });
});

describe('a request of a suspect tenant', () => {
  it('is answered as everybody else when it is good, by the target that it asks first', async () => {
    const { ask } = createWorld({ reply: () => answered() });
    expect(targetsOf(await ask(SUSPECT))).toBe('a');
    expect(targetsOf(await ask('acme'))).toBe('a');
  });

  it('goes on from faults and throttles as everybody else: they are no strikes', async () => {
    const { ask } = createWorld({ reply: ({ id }) => (id === 'a' ? failed('faulted') : id === 'b' ? failed('throttled') : answered()) });
    expect(await ask(SUSPECT)).toMatchObject({ kind: 'answered', servedBy: { target: 'c' } });
  });

  it('stops at its first strike, where others look at a second target', async () => {
    const { ask } = createWorld({ reply: () => hung });
    expect(targetsOf(await ask('acme'))).toBe('a b');
    const result = await ask(SUSPECT);
    expect(result).toMatchObject({ kind: 'waiting', reason: 'unavailable', strikes: { againstRequest: 0, total: 1 } });
    expect(targetsOf(result)).toBe('a');
  });

  it('keeps its second look where nobody can wait: an innocent one must not lose its failover', async () => {
    const { ask } = createWorld({ reply: ({ id }) => (id === 'a' ? hung : answered()) });
    expect(targetsOf(await ask(SUSPECT, { takesAll: true }))).toBe('a b');
  });

  it('has no second call beside its first', async () => {
    const { ask } = createWorld({ reply: ({ id }) => (id === 'a' ? hung : answered()), hedge: { afterMs: 500, budget: 1 } });
    expect(targetsOf(await ask('acme'))).toBe('a b');
    expect(targetsOf(await ask(SUSPECT))).toBe('a');
  });

  it('ends at its second strike when the target answered others between the two', async () => {
    const { ask } = createWorld({ reply: poison });
    const strikesBefore = strikesOf(await ask(SUSPECT, { id: 'p' }));
    expect(targetsOf(await ask('acme'))).toBe('a');
    const second = await ask(SUSPECT, { id: 'p', strikesBefore, attemptsBefore: 1 });
    expect(second).toMatchObject({ kind: 'ended', reason: 'quarantined', attempts: [{ target: 'a' }] });
  });

  it('waits without a call, for a short time, while its target has answered nobody since', async () => {
    const { ask, calls } = createWorld({ reply: poison });
    await ask('acme');
    const strikesBefore = strikesOf(await ask(SUSPECT, { id: 'p' }));
    const made = calls.length;
    const second = await ask(SUSPECT, { id: 'p', strikesBefore });
    expect(second).toMatchObject({ kind: 'waiting', isBrief: true, strikes: strikesBefore, attempts: [] });
    expect(calls).toHaveLength(made);
  });

  it.each<[string, number, Partial<AnswerInput>]>([
    ['a minute after its strike', 60_001, {}],
    ['before its end', 1_000, { endsAt: START + 27_000 }],
    ['where nobody can wait', 1_000, { takesAll: true }],
  ])('is tried without such a sign %s, and nothing is held against it', async (_, waitsMs, stated) => {
    const { ask, wait } = createWorld({ reply: poison });
    const strikesBefore = strikesOf(await ask(SUSPECT, { id: 'p' }));
    await wait(waitsMs);
    const second = await ask(SUSPECT, { id: 'p', strikesBefore, ...stated });
    expect(second).toMatchObject({ kind: 'waiting', strikes: { againstRequest: 0 } });
    expect(second.attempts.length).toBeGreaterThan(0);
  });

  it('is answered after a strike when it was the target, and that is well again', async () => {
    const down = new Set(['a']);
    const { ask } = createWorld({ reply: ({ id }) => (down.has(id) ? hung : answered()) });
    const strikesBefore = strikesOf(await ask(SUSPECT, { id: 'good' }));
    down.clear();
    await ask('acme');
    expect(await ask(SUSPECT, { id: 'good', strikesBefore })).toMatchObject({ kind: 'answered', servedBy: { target: 'a' } });
  });

  it('is no reason to leave out its target for another tenant, which hangs there once', async () => {
    const { ask } = createWorld({ reply: ({ id }) => (id === 'a' ? hung : answered()) });
    await ask(SUSPECT);
    await ask('acme');
    expect(targetsOf(await ask('other'))).toBe('a b');
    expect(targetsOf(await ask('other'))).toBe('b');
  });

  it('may be the one that finds out, in panic, whether a target is back', async () => {
    const { ask, time } = createWorld({ reply: () => answered() });
    const strikesBefore = { againstRequest: 0, total: 1, struckAt: time.now() - 1_000 };
    expect((await ask(SUSPECT, { strikesBefore, overlay: overlayOf({ panic: ['default'] }) })).kind).toBe('answered');
  });

  it('does not make the request of another tenant look like poison, nor its target look sick', async () => {
    const { ask, health, table, time } = createWorld({ reply: poison });
    for (let index = 0; index < 8; index++) await ask(SUSPECT);
    const a = table.targets.a as NonNullable<(typeof table.targets)[string]>;
    const question = { target: a, besides: 'x', since: START, now: time.now() };
    for (let index = 0; index < 3; index++) await ask('acme');
    expect(health.recentCalls.isWell(question)).toBe(true);
  });
});
