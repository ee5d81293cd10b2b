import { beforeEach, describe, expect, it } from 'vitest';
import { observe, START } from './health/testing/make-buckets.ts';
import { createHoldTarget } from './hold-target.ts';
import { makeWorld, told } from './testing/make-world.ts';

const until = START + 7_200_000;
const command = { action: 'eject', target: 'a', reason: 'upgrade', author: 'ann', until };

let fixture: ReturnType<typeof makeWorld>;
let holdTarget: ReturnType<typeof createHoldTarget>;

beforeEach(() => {
  fixture = makeWorld();
  holdTarget = createHoldTarget({ ...fixture.ports, judge: () => fixture.judge({ isForced: true }) });
});

describe('a hold', () => {
  it.each(['eject', 'drain'])('to %s takes all traffic, at once, and says who, why and how long', async (action) => {
    const answer = await holdTarget({ ...command, action });
    expect(answer).toEqual({
      before: { target: 'a', state: 'closed', share: 1, reason: 'well', since: START },
      after: {
        target: 'a',
        state: 'open',
        share: 0,
        reason: 'by ann: upgrade',
        since: START,
        manual: true,
        hold: { author: 'ann', until },
      },
    });
    expect(fixture.world.overlay?.overlay?.targets['a@d0']).toMatchObject({ share: 0, manual: true });
    expect(told(fixture.world)).toEqual(['RoutingOverlayChanged']);
  });

  it('to restore gives all traffic, whatever is measured', async () => {
    await fixture.observe(observe({ target: 'a', outcome: 'faulted', count: 10 }), observe({ target: 'b', count: 10 }));
    await fixture.judge();
    expect(await holdTarget({ ...command, action: 'restore' })).toMatchObject({
      before: { state: 'open', share: 0 },
      after: { state: 'closed', share: 1, manual: true },
    });
    fixture.world.now += 30_000;
    await fixture.judge();
    expect(fixture.world.overlay?.overlay?.targets['a@d0']).toMatchObject({ share: 1, manual: true });
  });

  it('ends by itself', async () => {
    await holdTarget(command);
    fixture.world.now = until;
    await fixture.judge();
    expect(fixture.world.overlay?.overlay?.targets).toEqual({});
  });

  it('is replaced by another one, whose author sees the first', async () => {
    await holdTarget(command);
    fixture.world.now += 5_000;
    expect(await holdTarget({ ...command, author: 'bob', action: 'restore' })).toMatchObject({
      before: { share: 0, hold: { author: 'ann' } },
      after: { share: 1, hold: { author: 'bob' } },
    });
    expect(fixture.world.notes.at(-1)).toMatchObject({ level: 'warn', detail: { author: 'bob', replaced: { author: 'ann' } } });
  });

  it('is refused when somebody else was quicker', async () => {
    fixture.world.before = async (access) => {
      if (access === 'put hold')
        fixture.world.holds.set('a', { target: 'a', share: 1, author: 'bob', reason: 'no', since: START - 1, until });
    };
    expect(await holdTarget(command)).toEqual({ error: expect.stringMatching(/Somebody else/) });
    expect(fixture.world.holds.get('a')?.author).toBe('bob');
  });

  it('of the same millisecond is another one, so that who has not seen it cannot replace it', async () => {
    await holdTarget(command);
    const first = structuredClone(fixture.world.holds.get('a'));
    await holdTarget({ ...command, author: 'bob' });
    expect(fixture.world.holds.get('a')).toMatchObject({ author: 'bob', since: START + 1 });
    expect(await fixture.ports.holds.put({ ...command, share: 0, since: START + 2 }, first)).toBe('conflict');
  });

  it('takes its end as ISO 8601 too', async () => {
    await holdTarget({ ...command, until: new Date(until).toISOString() });
    expect(fixture.world.holds.get('a')?.until).toBe(until);
  });
});

describe('a release', () => {
  it('hands the target back to what is measured', async () => {
    await holdTarget(command);
    fixture.world.now += 5_000;
    const { until: _, ...release } = { ...command, action: 'release' };
    expect(await holdTarget(release)).toMatchObject({
      before: { share: 0, manual: true },
      after: { target: 'a', state: 'closed', share: 1 },
    });
    expect(fixture.world.overlay?.overlay?.targets).toEqual({});
  });

  it('of what nobody holds is refused', async () => {
    expect(await holdTarget({ ...command, action: 'release' })).toEqual({ error: 'Nobody holds a: it goes by what is measured.' });
  });
});

it.each([
  ['without a reason', { ...command, reason: ' ' }, /at reason/],
  ['without an author', { ...command, author: undefined }, /at author/],
  ['without an end', { ...command, until: undefined }, /at until/],
  ['of an unknown kind', { ...command, action: 'explode' }, /at action/],
  ['that is none', 'eject a', /at its start/],
  ['on a target that is not there', { ...command, target: 'c' }, /no target c\. It has: a, b\./],
  ['on a name that every object has', { ...command, target: 'constructor' }, /no target constructor/],
  ['that is over', { ...command, until: START }, /is past/],
  ['for ever', { ...command, until: START + 31 * 86_400_000 }, /30 days/],
])('a command %s is refused, with what is wrong with it, and nothing is written', async (_, input, problem) => {
  expect(await holdTarget(input)).toEqual({ error: expect.stringMatching(problem) });
  expect([fixture.world.holds.size, fixture.world.fleet, fixture.world.overlay]).toEqual([0, undefined, undefined]);
});
