import type { Priority, RoutingOverlay } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { makeRandom } from '../testing/make-random.ts';
import { makeRequest } from '../testing/make-request.ts';
import { makeTarget } from '../testing/make-table.ts';
import { answered, failed, START } from '../testing/scripted-model.ts';
import { createLab } from './testing/create-lab.ts';
import type { TimedReply } from './testing/timed-model.ts';

const REQUESTS = 400;

function overlayOf(share: number, state: 'closed' | 'degraded'): RoutingOverlay {
  const targets = { 'a@d0': { state, share, reason: 'test', since: START } };
  return { schemaVersion: '1.0', seq: 1, publishedAt: START, panic: [], targets };
}

/** How many of a hundred requests of a priority ask `a` first. */
async function shareOfA(priority: Priority, overlay: RoutingOverlay): Promise<number> {
  const script = (): TimedReply => ({ reply: answered(), takesMs: 10 });
  const lab = createLab({ script, targets: ['a', 'b'].map((id) => makeTarget(id)), random: makeRandom(3) });
  for (let index = 0; index < REQUESTS; index++) await lab.time.run(lab.ask({ features: makeRequest({ priority }), overlay }));
  return (100 * lab.calls.filter(({ target }) => target.id === 'a').length) / REQUESTS;
}

describe('under throttling', () => {
  it('by the word of the fleet bulk leaves the target before interactive does', async () => {
    const overlay = overlayOf(0.7, 'closed');
    expect(await shareOfA('interactive', overlay)).toBe(100);
    expect(Math.abs((await shareOfA('standard', overlay)) - 70)).toBeLessThan(8);
    expect(Math.abs((await shareOfA('bulk', overlay)) - 40)).toBeLessThan(8);
  });

  it('what is shed for faults is shed for all alike', async () => {
    const overlay = overlayOf(0.3, 'degraded');
    for (const priority of ['interactive', 'bulk'] as const) expect(Math.abs((await shareOfA(priority, overlay)) - 30)).toBeLessThan(8);
  });

  it('after 429s of its own a process of bulk eases off by more than one of interactive', () => {
    const sharesFor = (priority: Priority) => {
      const { health, table, time } = createLab({ script: () => ({ reply: answered(), takesMs: 10 }) });
      const asker = { tenant: 'x', now: time.now(), tokensFor: () => 0, tolerance: 'strict', priority } as const;
      const target = makeTarget('a');
      const end = health.begin({ target, request: 'r', ...asker });
      end({ reply: failed('throttled'), isSlow: false, isCutOff: false, now: time.now() });
      return health.sharesFor(asker, table)?.(target);
    };
    expect([sharesFor('interactive'), sharesFor('standard'), sharesFor('bulk')].map((share) => Number(share?.toFixed(6)))).toEqual([
      1, 0.7, 0.4,
    ]);
  });

  it('interactive that is kept from the target by its Retry-After alone is told for how long', async () => {
    const targets = [makeTarget('a')];
    const { ask, time } = createLab({ script: () => ({ reply: failed('throttled', { retryAfterMs: 20_000 }), takesMs: 10 }), targets });
    const asked = () => time.run(ask({ features: makeRequest({ priority: 'interactive' }), overlay: overlayOf(0.7, 'closed') }));
    await asked();
    expect(await asked()).toMatchObject({ kind: 'waiting', reason: 'throttled', retryAfterMs: 20_000, attempts: [] });
  });

  it('bulk that finds no room waits for seconds, while interactive is answered', async () => {
    const { ask, time } = createLab({
      script: () => ({ reply: answered(), takesMs: 10 }),
      targets: [makeTarget('a')],
      random: () => 0.5,
    });
    const overlay = overlayOf(0.5, 'closed');
    const asked = (priority: Priority) => time.run(ask({ features: makeRequest({ priority }), overlay }));
    expect(await asked('bulk')).toMatchObject({ kind: 'waiting', isBrief: true, attempts: [] });
    expect(await asked('interactive')).toMatchObject({ kind: 'answered' });
  });
});
