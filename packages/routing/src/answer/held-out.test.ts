import type { Route, RoutingOverlay, RoutingTarget } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { makeRandom } from '../testing/make-random.ts';
import { makeRequest } from '../testing/make-request.ts';
import { makeTarget } from '../testing/make-table.ts';
import { answered, failed, START } from '../testing/scripted-model.ts';
import { createLab } from './testing/create-lab.ts';
import type { TimedReply } from './testing/timed-model.ts';

type Reply = TimedReply['reply'];

type WorldInput = { targets?: (string | RoutingTarget)[]; route?: Partial<Route>; random?: () => number };

/** Replies by target that a test changes as it goes; all others answer. */
function createWorld({ targets = ['a', 'b'], random = () => 0.5, route = {} }: WorldInput = {}) {
  const replies: Record<string, Reply> = {};
  const script = ({ target }: { target: { id: string } }): TimedReply => ({ reply: replies[target.id] ?? answered(), takesMs: 100 });
  const lab = createLab({ script, targets: targets.map((one) => (typeof one === 'string' ? makeTarget(one) : one)), route, random });
  return {
    ...lab,
    replies,
    wait: (milliseconds: number) => lab.time.run(lab.time.sleep(milliseconds)),
    /** Asks so many times one after another; the targets that were called in each receive. */
    askEach: async (times: number, stated: Parameters<typeof lab.ask>[0] = {}) => {
      const tried: string[] = [];
      for (let index = 0; index < times; index++) {
        const { attempts } = await lab.time.run(lab.ask(stated));
        tried.push(attempts.map(({ target }) => target).join(' '));
      }
      return tried;
    },
  };
}

function overlayOf(shares: Record<string, number>, stated: Partial<RoutingOverlay> = {}): RoutingOverlay {
  const targets = Object.fromEntries(
    Object.entries(shares).map(([id, share]) => [`${id}@d0`, { state: 'open' as const, share, reason: 'test', since: START }]),
  );
  return { schemaVersion: '1.0', seq: 1, publishedAt: START, targets, panic: [], ...stated };
}

describe('a target that failed two requests', () => {
  it('is not asked by the next ones, until one of them finds it well', async () => {
    const world = createWorld();
    world.replies.a = failed('faulted');
    expect(await world.askEach(4)).toEqual(['a b', 'a b', 'b', 'b']);
    await world.wait(5_000);
    expect(await world.askEach(2)).toEqual(['a b', 'b']);
    world.replies.a = answered();
    await world.wait(10_000);
    expect(await world.askEach(2)).toEqual(['a', 'a']);
  });

  it.each([
    ['half-open', 1, ['a b']],
    ['half-open', -60_000, ['b']],
    ['degraded', 1, ['b']],
  ] as const)('is found out about again when the fleet says %s, since %i ms after', async (state, sinceMs, expected) => {
    const world = createWorld();
    world.replies.a = failed('faulted');
    await world.askEach(2);
    const entry = { state, share: 1, reason: 'test', since: world.time.now() + sinceMs };
    await world.wait(10);
    const overlay = { ...overlayOf({}), targets: { 'a@d0': entry } };
    expect(await world.askEach(1, { overlay })).toEqual(expected);
    expect(await world.askEach(1, { overlay })).toEqual(['b']);
  });

  it('is told of when it would have been asked first, and only then', async () => {
    const world = createWorld();
    world.replies.a = failed('faulted');
    await world.askEach(2);
    expect(world.heldOut).toEqual([]);
    await world.askEach(3);
    expect(world.heldOut).toEqual(['a', 'a', 'a']);
    await world.askEach(3, { isRepeat: true });
    expect(world.heldOut).toHaveLength(3);
  });

  it('is not told of when it stands behind one that is well, or is only throttled', async () => {
    const world = createWorld();
    world.replies.b = failed('faulted');
    world.replies.a = failed('throttled', { retryAfterMs: 30_000 });
    await world.askEach(4);
    expect(world.heldOut).toEqual([]);
  });

  it('is not told of when it is asked all the same: its attempt tells', async () => {
    const world = createWorld({ targets: ['a'] });
    world.replies.a = failed('misconfigured');
    expect(await world.askEach(3)).toEqual(['a', 'a', 'a']);
    expect(world.heldOut).toEqual([]);
  });

  it('by silence needs two tenants', async () => {
    const world = createWorld();
    world.replies.a = failed('timed-out');
    expect(await world.askEach(1, { tenant: 'x' })).toEqual(['a b']);
    expect(await world.askEach(1, { tenant: 'y' })).toEqual(['a b']);
    expect(await world.askEach(1, { tenant: 'z' })).toEqual(['b']);
  });

  it('by silence, of one tenant, is out for that tenant once two of its requests were answered elsewhere', async () => {
    const world = createWorld();
    world.replies.a = failed('timed-out');
    expect(await world.askEach(3, { tenant: 'x' })).toEqual(['a b', 'a b', 'b']);
    expect(await world.askEach(1, { tenant: 'y' })).toEqual(['a b']);
  });

  it('by silence of one tenant whose requests fail everywhere stays in for five of them', async () => {
    const world = createWorld();
    world.replies.a = failed('timed-out');
    world.replies.b = failed('timed-out');
    expect(await world.askEach(5, { tenant: 'x' })).toEqual(['a b', 'a b', 'a b', 'a b', 'a b']);
  });

  it('by silence is not one where the requests ran out of time', async () => {
    const lab = createLab({ script: () => ({ reply: answered(), takesMs: 9_000 }) });
    for (const tenant of ['x', 'y', 'z']) {
      const { attempts } = await lab.time.run(lab.ask({ tenant, endsAt: lab.time.now() + 2_000 }));
      expect(attempts).toMatchObject([{ target: 'a', outcome: 'timed-out' }]);
    }
  });

  it('is tried by one of many that come at once', async () => {
    const world = createWorld();
    world.replies.a = failed('faulted');
    await world.askEach(2);
    await world.wait(5_000);
    const results = await world.time.run(Promise.all([1, 2, 3, 4].map(() => world.ask())));
    expect(results.map(({ attempts }) => attempts.map(({ target }) => target).join(' '))).toEqual(['a b', 'b', 'b', 'b']);
  });
});

describe('when every target is out', () => {
  const down = async (times = 2) => {
    const world = createWorld();
    world.replies.a = failed('faulted');
    world.replies.b = failed('faulted');
    await world.askEach(times);
    return world;
  };

  it('the requests of a queue wait, but one in about ten seconds tries one target, once', async () => {
    const world = await down();
    expect(await world.askEach(3)).toEqual(['b', '', '']);
    expect(await world.time.run(world.ask())).toMatchObject({
      kind: 'waiting',
      reason: 'unavailable',
      detail: 'a failed here just now, b failed here just now',
      attempts: [],
    });
  });

  it('a trial is a first draw with the chance that its target had', async () => {
    const world = await down();
    expect((await world.time.run(world.ask())).attempts).toMatchObject([{ target: 'b', firstDraw: true, probability: 0.5 }]);
  });

  it('the first answer lets the others through again', async () => {
    const world = await down();
    world.replies.b = answered();
    expect(await world.askEach(3)).toEqual(['b', 'b', 'b']);
  });

  it('one who cannot wait tries all the same', async () => {
    const world = await down();
    expect(await world.askEach(2, { takesAll: true })).toEqual(['a b', 'a b']);
    world.replies.b = answered();
    expect(await world.time.run(world.ask({ takesAll: true }))).toMatchObject({ kind: 'answered', servedBy: { target: 'b' } });
  });

  it('by chance after throttles, one who cannot wait tries all the same', async () => {
    const world = createWorld({ targets: ['a'], random: () => 0.999 });
    world.replies.a = failed('throttled');
    expect(await world.askEach(3)).toEqual(['a a', '', '']);
    const waiting = await world.time.run(world.ask());
    expect(waiting).toMatchObject({ reason: 'throttled', detail: 'a is asked for less after a throttle' });
    expect(waiting).not.toHaveProperty('retryAfterMs');
    expect(await world.askEach(1, { takesAll: true })).toEqual(['a a']);
  });

  it('but one, one who cannot wait goes on to the others when that one fails', async () => {
    const world = createWorld();
    world.replies.a = failed('faulted');
    await world.askEach(2);
    world.replies.b = failed('faulted');
    expect(await world.askEach(1)).toEqual(['b']);
    world.replies.a = answered();
    const result = await world.time.run(world.ask({ takesAll: true, overlay: overlayOf({ a: 0 }) }));
    expect(result).toMatchObject({
      kind: 'answered',
      attempts: [
        { target: 'b', firstDraw: true },
        { target: 'a', firstDraw: false },
      ],
    });
  });

  it('but one, one who cannot wait does not go on to what is above the price ceiling', async () => {
    const dear = makeTarget('b', { price: { inputPerMTokens: 50, outputPerMTokens: 100 } });
    const world = createWorld({ targets: [dear, makeTarget('a')], route: { priceCeiling: 10 } });
    world.replies.a = failed('faulted');
    expect(await world.askEach(1, { takesAll: true, overlay: overlayOf({ b: 0 }) })).toEqual(['a']);
  });

  it('by the fleet, a target is still tried now and then', async () => {
    const world = createWorld();
    expect(await world.askEach(1, { overlay: overlayOf({ a: 0, b: 0 }) })).toEqual(['b']);
    world.replies.b = failed('faulted');
    const waiting = createWorld();
    waiting.replies.a = failed('faulted');
    waiting.replies.b = failed('faulted');
    expect(await waiting.askEach(3, { overlay: overlayOf({ a: 0, b: 0 }) })).toEqual(['b', '', '']);
    await waiting.wait(12_000);
    expect(await waiting.askEach(2, { overlay: overlayOf({ a: 0, b: 0 }) })).toEqual(['b', '']);
  });

  it('by chance, the request waits without a trial', async () => {
    const world = createWorld({ random: () => 0.9 });
    expect(await world.askEach(2, { overlay: overlayOf({ a: 0.5, b: 0.5 }) })).toEqual(['', '']);
  });

  it('by chance, it says that the wait is a brief one', async () => {
    const world = createWorld();
    const byChance = await world.time.run(world.ask({ overlay: overlayOf({ a: 0.3, b: 0.3 }) }));
    expect(byChance).toMatchObject({ kind: 'waiting', isBrief: true });
    world.replies.a = world.replies.b = failed('throttled', { retryAfterMs: 30_000 });
    expect(await world.time.run(world.ask())).not.toHaveProperty('isBrief');
  });

  it('by chance, a request of a sticky route has its trial: it would draw the same again and again', async () => {
    const world = createWorld({ targets: ['a'] });
    const route = { ...world.route, stickyBy: 'sessionId' };
    const table = { ...world.table, routes: { default: route } };
    const overlay = overlayOf({ a: 0.01 });
    const features = makeRequest({ sessionId: 'session-1' });
    expect(await world.askEach(2, { overlay, features, route, table })).toEqual(['a', 'a']);
  });

  it('because they are misconfigured, it may be our own mistake, and all are tried', async () => {
    const world = createWorld();
    world.replies.a = failed('misconfigured');
    expect(await world.askEach(2)).toEqual(['a b', 'b']);
    world.replies.b = failed('misconfigured');
    expect(await world.askEach(2)).toEqual(['b', 'a b']);
  });

  it('because they are not ready, the request waits', async () => {
    const world = createWorld();
    world.replies.a = failed('not-ready');
    world.replies.b = failed('not-ready');
    expect(await world.askEach(3)).toEqual(['a b', 'b', '']);
  });

  it('because they are slow, they are still asked', async () => {
    const script = () => ({ reply: answered(), takesMs: slowly ? 7_000 : 100 });
    let slowly = false;
    const lab = createLab({ script, targets: [makeTarget('a')] });
    await lab.time.run(lab.ask());
    slowly = true;
    for (let index = 0; index < 5; index++) {
      expect(await lab.time.run(lab.ask({ tenant: `t${index % 2}` }))).toMatchObject({ kind: 'answered' });
    }
    expect(lab.health.holdOf(makeTarget('a'), { tenant: 'x', now: lab.time.now(), tokensFor: () => 0, tolerance: 'strict' })).toMatchObject(
      {
        cause: 'slow',
      },
    );
  });
});

describe('an outage of every target', () => {
  it.each([
    ['faults', failed('faulted', { isTransient: true, status: 503 }), 60],
    ['silence', failed('timed-out'), 60],
    ['missing rights', failed('misconfigured'), 1_000],
  ] as const)('by %s costs a process few calls, and is over soon after it ends', async (_, reply, maxCalls) => {
    const world = createWorld({ targets: ['a', 'b', 'c'], random: makeRandom(5) });
    for (const id of ['a', 'b', 'c']) world.replies[id] = reply;
    for (let index = 0; index < 240; index++) {
      await world.wait(400);
      const { kind } = await world.time.run(world.ask({ tenant: `t${index % 4}` }));
      expect(kind).toBe('waiting');
    }
    expect(world.calls.length).toBeLessThan(maxCalls);
    for (const id of ['a', 'b', 'c']) world.replies[id] = answered();
    let answeredAfter = 0;
    for (; answeredAfter < 100; answeredAfter++) {
      await world.wait(400);
      const { kind } = await world.time.run(world.ask());
      if (kind === 'answered') break;
    }
    // A trial comes within twelve seconds.
    expect(answeredAfter).toBeLessThan(30);
    expect(new Set(await world.askEach(5))).not.toContain('');
  });
});

describe('a request that is too long for the target that was asked', () => {
  const targets = [makeTarget('a', { contextTokens: 100_000 }), makeTarget('b', { contextTokens: 200_000 })];

  it('waits for a larger one that health holds out', async () => {
    const world = createWorld({ targets });
    world.replies.a = failed('too-long');
    const overlay = overlayOf({ b: 0 });
    expect(await world.time.run(world.ask({ overlay }))).toMatchObject({ kind: 'waiting', reason: 'unavailable' });
    expect(await world.time.run(world.ask())).toMatchObject({ kind: 'answered', servedBy: { target: 'b' } });
  });

  it('is not ended by a trial of the small one', async () => {
    const world = createWorld({ targets, random: () => 0 });
    world.replies.a = failed('too-long');
    expect(await world.time.run(world.ask({ overlay: overlayOf({ a: 0, b: 0 }) }))).toMatchObject({ kind: 'waiting' });
  });

  it('ends when none is larger, held out or not', async () => {
    const world = createWorld({ targets: targets.toReversed() });
    world.replies.b = failed('too-long');
    expect(await world.time.run(world.ask({ overlay: overlayOf({ a: 0 }) }))).toMatchObject({ kind: 'ended', reason: 'too-long' });
  });
});

describe('a target that an operator holds out', () => {
  const held = (ids: string[], stated: Partial<RoutingOverlay> = {}): RoutingOverlay => {
    const overlay = overlayOf(Object.fromEntries(ids.map((id) => [id, 0])), stated);
    for (const target of Object.values(overlay.targets)) target.manual = true;
    return overlay;
  };

  it('is not tried, though it is the last one, in panic, or by one who cannot wait', async () => {
    for (const overlay of [held(['a', 'b']), held(['a', 'b'], { panic: ['default'] })]) {
      const world = createWorld();
      expect(await world.askEach(3, { overlay })).toEqual(['', '', '']);
      expect(await world.askEach(1, { overlay, takesAll: true })).toEqual(['']);
      await world.wait(60_000);
      expect(await world.askEach(1, { overlay })).toEqual(['']);
    }
  });

  it('leaves the trials to the others', async () => {
    const world = createWorld();
    const overlay = { ...held(['a']), ...{ panic: ['default'] } };
    expect(await world.askEach(1, { overlay })).toEqual(['b']);
  });
});

describe('in panic', () => {
  const overlay = overlayOf({}, { panic: ['default'] });

  it('requests of a queue wait but for the trial, though no share says so', async () => {
    const world = createWorld();
    world.replies.a = failed('faulted');
    world.replies.b = failed('faulted');
    expect(await world.askEach(3, { overlay })).toEqual(['b', '', '']);
    expect(await world.time.run(world.ask({ overlay }))).toMatchObject({
      reason: 'unavailable',
      detail: 'every target of the route is out',
    });
  });

  it('they all go again for a while after an answer', async () => {
    const world = createWorld();
    expect(await world.askEach(3, { overlay })).toEqual(['b', 'a', 'a']);
  });

  it('after an answer they go to those that this process has not seen fail', async () => {
    const world = createWorld();
    world.replies.a = failed('faulted');
    expect(await world.askEach(5, { overlay })).toEqual(['b', 'a b', 'a b', 'b', 'b']);
  });

  it('one who cannot wait is served as ever', async () => {
    const world = createWorld();
    expect(await world.askEach(2, { overlay, takesAll: true })).toEqual(['a', 'a']);
  });

  it('of another route nothing changes', async () => {
    const world = createWorld();
    expect(await world.askEach(2, { overlay: overlayOf({}, { panic: ['vision'] }) })).toEqual(['a', 'a']);
  });

  it('that nobody has renewed for a quarter of an hour nothing changes', async () => {
    const world = createWorld();
    expect(await world.askEach(2, { overlay: { ...overlay, publishedAt: START - 15 * 60_000 - 1 } })).toEqual(['a', 'a']);
  });

  it('a request that no target can take is still told so', async () => {
    const world = createWorld();
    const features = makeRequest({ inputModalities: ['text', 'image'] });
    expect(await world.time.run(world.ask({ overlay, features }))).toMatchObject({ kind: 'ended', reason: 'invalid' });
  });
});

it('multiplies the word of the fleet and what the process saw', async () => {
  const world = createWorld({ random: () => 0.6 });
  // By itself each would let the target in: 0.7 after one 429, and 0.8 by the fleet.
  expect(await world.askEach(1, { overlay: overlayOf({ a: 0.8 }) })).toEqual(['a']);
  world.replies.a = failed('throttled', { retryAfterMs: 1 });
  await world.askEach(1);
  world.replies.a = answered();
  expect(await world.askEach(2)).toEqual(['a', 'a']);
  expect(await world.askEach(1, { overlay: overlayOf({ a: 0.8 }) })).toEqual(['b']);
});
