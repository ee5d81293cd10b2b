import { describe, expect, it } from 'vitest';
import { makeRandom } from '../testing/make-random.ts';
import { makeTarget } from '../testing/make-table.ts';
import { answered, failed } from '../testing/scripted-model.ts';
import type { AnswerResult } from './answer-result.ts';
import { createLab } from './testing/create-lab.ts';
import type { TimedCall, TimedReply } from './testing/timed-model.ts';

type Stated = { hangs?: (call: TimedCall) => boolean; forMs?: number; targets?: string[] };

/** Targets that hang until they are healed, and then time out or cut the answer. */
function createWorld({ hangs = () => true, forMs = 10_000, targets = ['a', 'b'] }: Stated = {}) {
  let isHealed = false;
  const script = (call: TimedCall): TimedReply =>
    isHealed || !hangs(call)
      ? { reply: answered(), takesMs: 1_000 }
      : { reply: failed('timed-out', { error: 'FirstTokenTimeout' }), takesMs: forMs };
  const lab = createLab({ script, targets: targets.map((id) => makeTarget(id)), random: makeRandom(7) });
  return {
    ...lab,
    begin: () => lab.ask(),
    heal: () => {
      isHealed = true;
    },
    ask: (tenant = 'acme') => lab.time.run(lab.ask({ tenant })),
  };
}

const targetsOf = ({ attempts }: AnswerResult) => attempts.map(({ target }) => target).join(' ');

describe('when every target is silent, the only tenant', () => {
  it('pays for five requests; then its requests wait, but for a trial', async () => {
    const world = createWorld({ forMs: 1_000 });
    const asked: string[] = [];
    for (let index = 0; index < 5; index++) asked.push(targetsOf(await world.ask()));
    expect(asked.every((targets) => /^(a b|b a)$/.test(targets))).toBe(true);
    const sixth = await world.ask();
    expect(sixth).toMatchObject({ kind: 'waiting' });
    expect(sixth.attempts.length).toBeLessThanOrEqual(1);
    expect(await world.ask()).toMatchObject({ kind: 'waiting', detail: expect.stringContaining('failed here just now') });
  });

  it('costs another tenant nothing: its requests still get in', async () => {
    const world = createWorld();
    for (let index = 0; index < 7; index++) await world.ask();
    world.heal();
    const before = world.calls.length;
    expect(await world.ask('other')).toMatchObject({ kind: 'answered' });
    expect(world.calls.length).toBe(before + 1);
  });

  it('makes few calls in three minutes, and is answered within a quarter of a minute after they end', async () => {
    const world = createWorld();
    const results = Array.from({ length: 180 }, async (_, index) => {
      await world.time.sleep(index * 1_000);
      return world.begin();
    });
    for (const { kind } of await world.time.run(Promise.all(results))) expect(kind).toBe('waiting');
    // Each request would make two.
    expect(world.calls.length).toBeLessThan(90);
    world.heal();
    const healedAt = world.time.now();
    while ((await world.ask()).kind !== 'answered') await world.time.run(world.time.sleep(250));
    expect(world.time.now() - healedAt).toBeLessThan(15_000);
  });
});

it('a tenant that is answered now and then is never kept out for its poison', async () => {
  let requests = 0;
  const world = createWorld({ hangs: () => requests % 5 !== 0, targets: ['a'] });
  for (requests = 1; requests <= 40; requests++) {
    expect(await world.ask()).toMatchObject({ attempts: [{ target: 'a', outcome: requests % 5 === 0 ? 'succeeded' : 'timed-out' }] });
  }
});
