import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeRandom } from '../testing/make-random.ts';
import { makeTarget } from '../testing/make-table.ts';
import type { HealthClass } from './health-class.ts';
import { createLocalBreaker, type LocalBreaker } from './local-breaker.ts';

const target = makeTarget('a');

type Seen = { request?: string; tenant?: string; startedAt?: number; endedAt?: number; isSuspect?: boolean; health: HealthClass };

type World = {
  breaker: LocalBreaker;
  now: number;
  see: (seen: Seen) => void;
  seeAll: (...all: Seen[]) => void;
  holdFor: (tenant?: string, now?: number) => string | undefined;
  /** Seconds. */
  untilFree: (tenant?: string) => number;
};

/** A breaker with a random source that gives the longest ejections, and calls whose times go on by themselves unless stated. */
function createWorld({ random = () => 0.999_999 }: { random?: () => number } = {}): World {
  const breaker = createLocalBreaker({ random });
  let requests = 0;
  const world: World = {
    breaker,
    now: 1_000_000,
    see({ request = `r${++requests}`, tenant = 'acme', startedAt = world.now, endedAt = startedAt + 10, isSuspect = false, health }: Seen) {
      const end = breaker.begin(target, { request, tenant, startedAt, isSuspect });
      end(health, endedAt);
      world.now = Math.max(world.now, endedAt) + 1;
    },
    seeAll: (...all: Seen[]) => all.forEach(world.see),
    holdFor: (tenant = 'acme', now = world.now) => breaker.holdOf(target, tenant, now)?.cause,
    untilFree: (tenant = 'acme') => Math.round((breaker.holdOf(target, tenant, world.now)?.forMs ?? 0) / 1_000),
  };
  return world;
}

describe('a target is taken out', () => {
  it.each<[string, Seen[], cause: string | undefined]>([
    ['not by one fault', [{ health: 'fault' }], undefined],
    ['by faults of two requests in a row', [{ health: 'fault' }, { health: 'fault' }], 'faulting'],
    [
      'not by two faults of one request',
      [
        { request: 'r', health: 'fault' },
        { request: 'r', health: 'fault' },
      ],
      undefined,
    ],
    [
      'by the same id of two tenants',
      [
        { request: 'x#1', tenant: 'x', health: 'fault' },
        { request: 'y#1', tenant: 'y', health: 'fault' },
      ],
      'faulting',
    ],
    ['not by faults with an answer between', [{ health: 'fault' }, { health: 'well' }, { health: 'fault' }], undefined],
    [
      'by faults with a throttle between, which says nothing',
      [{ health: 'fault' }, { health: 'throttle' }, { health: 'fault' }],
      'faulting',
    ],
    ['by faults with a caller error between', [{ health: 'fault' }, { health: 'nothing' }, { health: 'fault' }], 'faulting'],
    ['not by throttles', Array.from({ length: 20 }, (): Seen => ({ health: 'throttle' })), undefined],
    ['not by caller errors', Array.from({ length: 20 }, (): Seen => ({ health: 'nothing' })), undefined],
    ['not by four ambiguous failures of one tenant', Array.from({ length: 4 }, (): Seen => ({ health: 'ambiguous' })), undefined],
    [
      'by ambiguous failures of two tenants',
      [
        { tenant: 'x', health: 'ambiguous' },
        { tenant: 'y', health: 'ambiguous' },
      ],
      'faulting',
    ],
    [
      'by a fault and an ambiguous failure of two tenants',
      [
        { tenant: 'x', health: 'fault' },
        { tenant: 'y', health: 'ambiguous' },
      ],
      'faulting',
    ],
    ['not by faults more than a minute apart', [{ health: 'fault' }, { startedAt: 1_061_000, health: 'fault' }], undefined],
    ['at once when it is not ready', [{ health: 'not-ready' }], 'not-ready'],
    ['at once when it is misconfigured', [{ health: 'misconfigured' }], 'misconfigured'],
    [
      'not by slow answers where it never answered in time',
      [1, 2, 3, 4, 5, 6].map((n): Seen => ({ tenant: `t${n % 2}`, health: 'slow' })),
      undefined,
    ],
    [
      'not by three slow answers',
      [{ health: 'well' }, ...[1, 2, 3].map((n): Seen => ({ tenant: `t${n % 2}`, health: 'slow' }))],
      undefined,
    ],
    [
      'by four slow answers of two tenants',
      [{ health: 'well' }, ...[1, 2, 3, 4].map((n): Seen => ({ tenant: `t${n % 2}`, health: 'slow' }))],
      'slow',
    ],
    ['not by slow answers of one tenant', [{ health: 'well' }, ...[1, 2, 3, 4, 5, 6].map((): Seen => ({ health: 'slow' }))], undefined],
  ])('%s', (_, seen, cause) => {
    const world = createWorld();
    world.seeAll(...seen);
    expect(world.holdFor()).toBe(cause);
    expect(world.breaker.isQuiet(world.now)).toBe(cause === undefined);
  });

  it('not when it is another definition', () => {
    const world = createWorld();
    world.seeAll({ health: 'fault' }, { health: 'fault' });
    expect(world.breaker.holdOf({ ...target, definition: 'd1' }, 'acme', world.now)).toBeUndefined();
  });
});

describe('one tenant', () => {
  it('takes a target out for itself alone when it answered others just now', () => {
    const world = createWorld();
    world.seeAll({ tenant: 'other', health: 'well' }, { tenant: 'poison', health: 'fault' }, { tenant: 'poison', health: 'fault' });
    expect([world.holdFor('poison'), world.holdFor('other'), world.holdFor('new')]).toEqual(['faulting', undefined, undefined]);
  });

  it('takes it out for all when others were answered more than a minute ago', () => {
    const world = createWorld();
    world.seeAll({ tenant: 'other', health: 'well' });
    world.now += 61_000;
    world.seeAll({ tenant: 'poison', health: 'fault' }, { tenant: 'poison', health: 'fault' });
    expect(world.holdFor('other')).toBe('faulting');
  });

  it('is joined by all when a second tenant fails too', () => {
    const world = createWorld();
    world.seeAll({ tenant: 'other', health: 'well' }, { tenant: 'x', health: 'fault' }, { tenant: 'x', health: 'fault' });
    world.see({ tenant: 'other', health: 'ambiguous' });
    expect([world.holdFor('x'), world.holdFor('other')]).toEqual(['faulting', 'faulting']);
  });

  it('has its ambiguous failures counted, for itself, when two of its requests were answered elsewhere', () => {
    const world = createWorld();
    world.seeAll({ request: 'r1', health: 'ambiguous' }, { request: 'r2', health: 'ambiguous' });
    world.breaker.vouch(target, 'r1', world.now);
    expect(world.holdFor()).toBeUndefined();
    world.breaker.vouch(target, 'r2', world.now);
    expect([world.holdFor(), world.holdFor('other')]).toEqual(['faulting', undefined]);
  });

  it('is not believed twice for one request', () => {
    const world = createWorld();
    world.seeAll({ request: 'r1', health: 'ambiguous' }, { request: 'r2', health: 'ambiguous' });
    world.breaker.vouch(target, 'r1', world.now);
    world.breaker.vouch(target, 'r1', world.now);
    expect(world.holdFor()).toBeUndefined();
  });
});

describe('silence towards one tenant', () => {
  const silent = (count: number, stated: Partial<Seen> = {}) =>
    Array.from({ length: count }, (): Seen => ({ health: 'ambiguous', ...stated }));

  it.each<[string, Seen[], isOut: boolean]>([
    ['of four requests is not enough', silent(4), false],
    ['of five requests takes the target out', silent(5), true],
    ['of one request five times is not enough', silent(5, { request: 'r' }), false],
    ['of four requests, one of them twice, is not enough', [...silent(3), ...silent(2, { request: 'r' })], false],
    ['ends with an answer to the tenant', [...silent(4), { health: 'well' }, ...silent(4)], false],
    ['ends with an answer to another', [...silent(4), { tenant: 'other', health: 'well' }, ...silent(4)], false],
    ['ends with a slow answer', [...silent(4), { health: 'slow' }, ...silent(4)], false],
    ['ends with a slow answer where answers came in time', [{ health: 'well' }, ...silent(4), { health: 'slow' }, ...silent(4)], false],
    ['begins anew after an answer', [...silent(4), { health: 'well' }, ...silent(5)], true],
    ['goes on past a throttle and a caller error', [...silent(3), { health: 'throttle' }, { health: 'nothing' }, ...silent(2)], true],
    ['goes on past a fault', [...silent(3), { health: 'fault' }, ...silent(2)], true],
    ['counts no faults', [...silent(4), { health: 'fault' }], false],
    [
      'is seen by calls of a minute each',
      Array.from({ length: 5 }, (_, n): Seen => ({ health: 'ambiguous', startedAt: 1_000_000 + n * 60_000 })),
      true,
    ],
    [
      'of a whole day is none',
      Array.from({ length: 5 }, (_, n): Seen => ({ health: 'ambiguous', startedAt: 1_000_000 + n * 18_000_000 })),
      false,
    ],
    ['is not five poison requests between answered ones', silent(5).flatMap((one): Seen[] => [one, { health: 'well' }]), false],
  ])('%s', (_, seen, isOut) => {
    const world = createWorld();
    world.seeAll(...seen);
    expect(world.holdFor()).toBe(isOut ? 'faulting' : undefined);
    expect([world.holdFor('other'), world.holdFor('new')]).toEqual([undefined, undefined]);
  });

  it('is in doubt at a call that is still under way, of whichever tenant', () => {
    const world = createWorld();
    world.seeAll(...silent(4));
    const end = world.breaker.begin(target, { request: 'long', tenant: 'other', startedAt: world.now++ });
    world.see({ health: 'ambiguous' });
    expect(world.holdFor()).toBeUndefined();
    end('nothing', world.now);
    world.see({ health: 'ambiguous' });
    expect(world.holdFor()).toBe('faulting');
  });

  it('is in doubt at calls that began together with one that is still under way', () => {
    const world = createWorld();
    const { now: startedAt } = world;
    const end = world.breaker.begin(target, { request: 'long', tenant: 'acme', startedAt });
    world.seeAll(...silent(9, { startedAt }));
    expect(world.holdFor()).toBeUndefined();
    end('well', world.now);
    expect(world.holdFor()).toBeUndefined();
  });

  it('is told by five requests on one side of a call that is still under way', () => {
    const world = createWorld();
    world.breaker.begin(target, { request: 'long', tenant: 'acme', startedAt: world.now++ });
    world.seeAll(...silent(5));
    expect(world.holdFor()).toBe('faulting');
  });

  it('is told when calls that ran at once are over, and not undone by them', () => {
    const world = createWorld();
    const ends = Array.from({ length: 10 }, (_, index) =>
      world.breaker.begin(target, { request: `b${index}`, tenant: 'acme', startedAt: world.now }),
    );
    world.now += 10_000;
    for (const end of ends) end('ambiguous', world.now);
    expect([world.holdFor(), world.untilFree(), world.holdFor('other')]).toEqual(['faulting', 5, undefined]);
  });

  it('lasts, once it is over, no longer than its back-off', () => {
    const world = createWorld();
    world.seeAll(...silent(5));
    world.now += 5_000;
    world.see({ health: 'ambiguous' });
    expect(world.untilFree()).toBe(10);
    world.now += 10_000;
    expect(world.holdFor()).toBeUndefined();
    world.see({ health: 'well' });
    expect([world.holdFor(), world.breaker.isQuiet(world.now)]).toEqual([undefined, true]);
    world.seeAll(...silent(4));
    expect(world.holdFor()).toBeUndefined();
  });

  it('is for all once a second tenant meets it', () => {
    const world = createWorld();
    world.seeAll(...silent(5), { tenant: 'other', health: 'ambiguous' });
    expect([world.holdFor(), world.holdFor('other'), world.holdFor('new')]).toEqual(['faulting', 'faulting', 'faulting']);
  });
});

describe('a target that is out', () => {
  const out = (options?: { random: () => number }) => {
    const world = createWorld(options);
    world.seeAll({ health: 'fault' }, { health: 'fault' });
    return world;
  };

  it('is so for 2.5 to 5 s at first', () => {
    expect(out().untilFree()).toBe(5);
    const shortest = out({ random: () => 0 });
    expect(shortest.breaker.holdOf(target, 'acme', shortest.now)?.forMs).toBeCloseTo(2_499, -1);
  });

  it('is then tried by one call, while the others wait', () => {
    const world = out();
    world.now += 5_000;
    expect(world.holdFor()).toBeUndefined();
    const end = world.breaker.begin(target, { request: 'probe', tenant: 'acme', startedAt: world.now });
    expect(world.holdFor()).toBe('probing');
    end('well', world.now + 100);
    expect(world.holdFor()).toBeUndefined();
    expect(world.breaker.isQuiet(world.now + 100)).toBe(true);
  });

  it('stays out for twice as long after each probe that fails, a minute at most', () => {
    const world = out();
    const lengths = [1, 2, 3, 4, 5].map(() => {
      world.now += 60_000;
      world.see({ health: 'fault' });
      return world.untilFree();
    });
    expect(lengths).toEqual([10, 20, 40, 60, 60]);
  });

  it.each(['nothing', 'throttle'] as const)('is tried by the next call when its probe came to %s', (health) => {
    const world = out();
    world.now += 5_000;
    world.see({ health });
    expect(world.holdFor()).toBeUndefined();
    const end = world.breaker.begin(target, { request: 'probe', tenant: 'acme', startedAt: world.now });
    expect(world.holdFor()).toBe('probing');
    end('fault', world.now);
    expect(world.holdFor()).toBe('faulting');
  });

  it('is out for longer when it fails again soon after, and not when it was well for a minute', () => {
    const soon = out();
    soon.now += 5_000;
    soon.seeAll({ health: 'well' }, { health: 'fault' }, { health: 'fault' });
    expect(soon.untilFree()).toBe(10);
    const later = out();
    later.now += 5_000;
    later.see({ health: 'well' });
    later.now += 61_000;
    later.seeAll({ health: 'fault' }, { health: 'fault' });
    expect(later.untilFree()).toBe(5);
  });

  it('is back at once when a call that began while it was out is answered', () => {
    const world = out();
    world.see({ health: 'well' });
    expect(world.holdFor()).toBeUndefined();
  });

  it('is not back by the late answer to a call that began before', () => {
    const world = createWorld();
    const end = world.breaker.begin(target, { request: 'early', tenant: 'acme', startedAt: world.now - 5_000 });
    world.seeAll({ health: 'fault' }, { health: 'fault' });
    end('well', world.now);
    expect(world.holdFor()).toBe('faulting');
  });

  it('does not go out again by calls that hung since before it healed', () => {
    const world = createWorld();
    const hung = ['x', 'y', 'z'].map((tenant) => world.breaker.begin(target, { request: tenant, tenant, startedAt: world.now }));
    world.now += 100;
    world.seeAll({ health: 'fault' }, { health: 'fault' });
    world.now += 5_000;
    world.see({ health: 'well' });
    for (const end of hung) end('ambiguous', world.now + 10_000);
    expect(world.holdFor('acme', world.now + 10_000)).toBeUndefined();
  });

  it('needs two new failures to go out again after a probe that was slow', () => {
    const world = out();
    world.now += 5_000;
    world.see({ health: 'slow' });
    expect(world.holdFor()).toBeUndefined();
    world.see({ health: 'fault' });
    expect(world.holdFor()).toBeUndefined();
  });

  it('for slowness stays out while its probes are slow', () => {
    const world = createWorld();
    world.seeAll({ health: 'well' }, ...[1, 2, 3, 4].map((n): Seen => ({ tenant: `t${n % 2}`, health: 'slow' })));
    world.now += 5_000;
    world.see({ health: 'slow' });
    expect([world.holdFor(), world.untilFree()]).toEqual(['slow', 10]);
    world.now += 10_000;
    world.see({ health: 'well' });
    expect(world.holdFor()).toBeUndefined();
  });

  it('for not being ready rests half a minute, then one call looks', () => {
    const world = createWorld();
    world.see({ health: 'not-ready' });
    expect(world.untilFree()).toBe(30);
    world.now += 30_000;
    world.see({ health: 'not-ready' });
    expect(world.untilFree()).toBe(30);
    world.now += 30_000;
    world.see({ health: 'well' });
    expect(world.holdFor()).toBeUndefined();
  });

  it('for not being ready begins again at short ejections when it was well for long before', () => {
    const world = out();
    for (const health of ['fault', 'fault', 'well'] as const) {
      world.now += 60_000;
      world.see({ health });
    }
    world.now += 61_000;
    world.see({ health: 'not-ready' });
    world.now += 30_000;
    world.see({ health: 'fault' });
    expect(world.untilFree()).toBe(10);
  });

  it('for one tenant is probed by that tenant alone', () => {
    const world = createWorld();
    world.seeAll({ tenant: 'other', health: 'well' }, { tenant: 'x', health: 'fault' }, { tenant: 'x', health: 'fault' });
    world.now += 5_000;
    const end = world.breaker.begin(target, { request: 'of-other', tenant: 'other', startedAt: world.now });
    expect(world.holdFor('x')).toBeUndefined();
    end('well', world.now + 10);
    expect(world.holdFor('x')).toBeUndefined();
    world.breaker.begin(target, { request: 'of-x', tenant: 'x', startedAt: world.now });
    expect([world.holdFor('x'), world.holdFor('other')]).toEqual(['probing', undefined]);
  });

  it('for all is probed anew, though the probe of the one tenant before still hangs', () => {
    const world = createWorld();
    world.seeAll({ tenant: 'other', health: 'well' }, { tenant: 'x', health: 'fault' }, { tenant: 'x', health: 'fault' });
    world.now += 5_000;
    world.breaker.begin(target, { request: 'hangs', tenant: 'x', startedAt: world.now });
    world.see({ tenant: 'other', health: 'fault' });
    expect(world.holdFor('other')).toBe('faulting');
    world.now += 10_000;
    expect(world.holdFor('other')).toBeUndefined();
    world.see({ tenant: 'other', health: 'well' });
    expect(world.holdFor('x')).toBeUndefined();
  });

  it('and that nobody asks for any more is forgotten', () => {
    const world = out();
    expect(world.breaker.isQuiet(world.now + 590_000)).toBe(false);
    expect(world.breaker.isQuiet(world.now + 610_000)).toBe(true);
  });
});

it('with one call in a hundred failing, hardly a request is kept from a healthy target', () => {
  const random = makeRandom(3);
  const breaker = createLocalBreaker({ random });
  const requests = 50_000;
  let held = 0;
  for (let index = 0; index < requests; index++) {
    const now = index * 1_500;
    const tenant = `t${index % 5}`;
    if (breaker.holdOf(target, tenant, now)) held++;
    else breaker.begin(target, { request: `r${index}`, tenant, startedAt: now })(random() < 0.01 ? 'fault' : 'well', now + 1_200);
  }
  expect(held / requests).toBeLessThan(0.001);
});

describe('for any calls', () => {
  const HEALTH = ['well', 'slow', 'fault', 'throttle', 'not-ready', 'misconfigured', 'ambiguous', 'nothing'] as const;
  const call = (healths: readonly HealthClass[], tenants: readonly string[]) =>
    fc.record({
      tenant: fc.constantFrom(...tenants),
      gapMs: fc.integer({ min: 0, max: 8_000 }),
      takesMs: fc.integer({ min: 0, max: 20_000 }),
      health: fc.constantFrom(...healths),
      isVouchedFor: fc.boolean(),
    });
  type Played = typeof call extends (...args: never[]) => fc.Arbitrary<infer Value> ? Value : never;

  /** Calls that overlap, ended in the order of their ends. */
  function play(calls: readonly Played[], eachStep: (now: number, breaker: LocalBreaker) => void) {
    const breaker = createLocalBreaker({ random: () => 0.5 });
    const steps: { at: number; step: () => void }[] = [];
    let startedAt = 1_000_000;
    for (const [index, { tenant, gapMs, takesMs, health, isVouchedFor }] of calls.entries()) {
      startedAt += gapMs;
      const begunAt = startedAt;
      const endedAt = begunAt + takesMs;
      let end: (health: HealthClass, now: number) => void = () => expect.unreachable('a call ends after it begins');
      steps.push({
        at: begunAt,
        step: () => {
          end = breaker.begin(target, { request: `r${index}`, tenant, startedAt: begunAt });
        },
      });
      steps.push({ at: endedAt + 0.5, step: () => end(health, endedAt) });
      if (isVouchedFor) steps.push({ at: endedAt + 0.6, step: () => breaker.vouch(target, `r${index}`, endedAt) });
    }
    for (const { at, step } of steps.toSorted((one, other) => one.at - other.at)) {
      step();
      eachStep(at, breaker);
    }
  }

  it('poison of one tenant never takes a target from another that is answered', () => {
    const poison = call(['ambiguous', 'slow', 'fault', 'well', 'nothing'], ['poison']);
    const others = call(['well', 'throttle', 'nothing'], ['other']);
    const starts = { tenant: 'other', gapMs: 0, takesMs: 0, health: 'well', isVouchedFor: false } as const;
    // Within the minute in which the answers to others count.
    fc.assert(
      fc.property(fc.array(fc.oneof(poison, others), { maxLength: 14 }), (calls) => {
        play([starts, ...calls.map((one) => ({ ...one, gapMs: one.gapMs / 4, takesMs: one.takesMs / 4 }))], (now, breaker) =>
          expect(breaker.holdOf(target, 'other', now)).toBeUndefined(),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('ambiguous failures of one tenant never take a target from others, answered or not', () => {
    fc.assert(
      fc.property(fc.array(call(['ambiguous', 'slow', 'well', 'nothing'], ['poison']), { maxLength: 30 }), (calls) => {
        play(calls, (now, breaker) => expect(breaker.holdOf(target, 'other', now)).toBeUndefined());
      }),
      { numRuns: 300 },
    );
  });

  it('silence never takes out a target that answers every fifth request, however long its answers take', () => {
    const lost = call(['ambiguous', 'nothing', 'throttle'], ['x']);
    const given = fc.oneof(call(['well', 'slow'], ['x']), call(['well'], ['y']));
    const fives = fc.array(fc.tuple(lost, lost, lost, lost, given), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fives, (calls) => {
        const unwitnessed = calls.flat().map((one) => ({ ...one, isVouchedFor: false }));
        play(unwitnessed, (now, breaker) => expect(breaker.isQuiet(now)).toBe(true));
      }),
      { numRuns: 300 },
    );
  });

  it('whatever was before, five silent requests in a row keep the next one of their tenant out, and no other tenant’s', () => {
    const before = fc.array(call(['ambiguous', 'slow', 'well', 'throttle', 'nothing'], ['x']), { maxLength: 20 });
    const silent = { tenant: 'x', gapMs: 90_000, takesMs: 10_000, health: 'ambiguous', isVouchedFor: false } as const;
    fc.assert(
      fc.property(before, (calls) => {
        let held: (string | undefined)[] = [];
        play([...calls, silent, ...Array.from({ length: 4 }, () => ({ ...silent, gapMs: 1 }))], (now, breaker) => {
          held = ['x', 'y'].map((tenant) => breaker.holdOf(target, tenant, now)?.cause);
        });
        expect(held).toEqual(['faulting', undefined]);
      }),
      { numRuns: 300 },
    );
  });

  it('throttles and caller errors never take a target out', () => {
    fc.assert(
      fc.property(fc.array(call(['throttle', 'nothing', 'well'], ['x', 'y'])), (calls) => {
        play(calls, (now, breaker) => expect(breaker.isQuiet(now)).toBe(true));
      }),
      { numRuns: 100 },
    );
  });

  it('no ejection lasts longer than a minute, and each ends with a probe', () => {
    fc.assert(
      fc.property(fc.array(call(HEALTH, ['x', 'y', 'z']), { maxLength: 40 }), (calls) => {
        play(calls, (now, breaker) => {
          for (const tenant of ['x', 'y', 'z']) expect(breaker.holdOf(target, tenant, now)?.forMs ?? 0).toBeLessThanOrEqual(60_001);
        });
        let after: LocalBreaker | undefined;
        play(calls, (_, breaker) => {
          after = breaker;
        });
        for (const tenant of ['x', 'y', 'z']) expect(after?.holdOf(target, tenant, 3_000_000)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});

describe('a tenant whose requests fail everywhere', () => {
  const suspect = (health: HealthClass): Seen => ({ tenant: 'loud', isSuspect: true, health });

  it.each<[string, Seen[]]>([
    ['by its own failures', Array.from({ length: 12 }, () => suspect('ambiguous'))],
    ['together with the failure of another', [suspect('ambiguous'), suspect('ambiguous'), { health: 'ambiguous' }]],
    ['together with the fault of another', [suspect('ambiguous'), { health: 'fault' }, suspect('ambiguous')]],
    ['by slow answers', [{ health: 'well' }, ...Array.from({ length: 8 }, () => suspect('slow')), { health: 'slow' }]],
  ])('takes nothing out for anybody %s', (_, seen) => {
    const world = createWorld();
    world.seeAll(...seen);
    expect([world.holdFor('acme'), world.holdFor('loud'), world.breaker.isQuiet(world.now)]).toEqual([undefined, undefined, true]);
  });

  it('ends the silence of a target all the same, when it is answered slowly', () => {
    const silent = Array.from({ length: 3 }, (): Seen => ({ health: 'ambiguous' }));
    const [broken, unbroken] = [createWorld(), createWorld()];
    broken.seeAll(...silent, suspect('slow'), ...silent);
    unbroken.seeAll(...silent, ...silent);
    expect([broken.holdFor(), unbroken.holdFor()]).toEqual([undefined, 'faulting']);
  });

  it('takes a target out by faults, which are not its doing', () => {
    const world = createWorld();
    world.seeAll(suspect('fault'), { health: 'fault' });
    expect(world.holdFor('other')).toBe('faulting');
  });

  it('is no probe, so that its failure does not prolong an ejection; its answer ends one', () => {
    const world = createWorld();
    world.seeAll({ health: 'fault' }, { health: 'fault' });
    world.now += 5_000;
    const end = world.breaker.begin(target, { request: 'loud', tenant: 'loud', isSuspect: true, startedAt: world.now });
    expect(world.holdFor()).toBeUndefined();
    end('ambiguous', world.now + 10);
    expect(world.holdFor()).toBeUndefined();
    world.see(suspect('well'));
    expect(world.breaker.isQuiet(world.now)).toBe(true);
  });
});

describe('an ejection', () => {
  /** Answered calls so far apart, then two that fail. */
  function ejectAtPace(apartMs: number) {
    const world = createWorld();
    for (const health of ['well', 'well', 'well', 'well', 'fault', 'fault'] as const) {
      world.see({ health });
      if (health !== 'fault') world.now += apartMs - 11;
    }
    return world;
  }

  it.each([
    [100, 5],
    [500, 5],
    [2_000, 9],
    [4_000, 18],
    [20_000, 60],
  ])('of a target that is called every %d ms lasts %d s, so that it keeps calls away', (apartMs, seconds) => {
    const world = ejectAtPace(apartMs);
    expect(world.untilFree()).toBe(seconds);
  });

  it('does not count second calls for one request as pace, nor the time of ejections', () => {
    const world = createWorld();
    for (let request = 0; request < 4; request++) {
      world.see({ request: `q${request}`, health: 'well' });
      world.see({ request: `q${request}`, health: 'well' });
      world.now += 3_978;
    }
    world.seeAll({ health: 'fault' }, { health: 'fault' });
    const before = world.untilFree();
    expect(before).toBeGreaterThanOrEqual(15);
    world.now += 60_000;
    world.see({ health: 'well' });
    world.seeAll({ health: 'fault' }, { health: 'fault' });
    expect(world.untilFree()).toBeLessThanOrEqual(before * 2);
  });

  it('may be probed at once when the fleet has let the target in since, by one call', () => {
    const world = createWorld();
    world.seeAll({ health: 'fault' }, { health: 'fault' });
    const ejectedAt = world.now;
    world.breaker.readmit(target, ejectedAt - 1_000, world.now);
    expect(world.holdFor()).toBe('faulting');
    world.breaker.readmit(target, ejectedAt + 1_000, world.now + 2_000);
    world.now += 2_000;
    expect(world.holdFor()).toBeUndefined();
    const end = world.breaker.begin(target, { request: 'probe', tenant: 'acme', startedAt: world.now });
    expect(world.holdFor()).toBe('probing');
    end('fault', world.now + 10);
    expect(world.untilFree()).toBe(10);
  });

  it('of no target is there to be probed when the fleet speaks of one that was never called', () => {
    const world = createWorld();
    world.breaker.readmit(target, world.now, world.now);
    expect(world.breaker.isQuiet(world.now)).toBe(true);
  });
});
