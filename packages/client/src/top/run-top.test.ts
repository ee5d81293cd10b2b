import { routingOverlay, routingTable } from '@signalbox/contracts/samples';
import { describe, expect, it } from 'vitest';
import { bodyOf, testAttempts } from '../testing/test-events.ts';
import type { TopTail } from './listen.ts';
import { runTop, type TopPorts } from './run-top.ts';
import type { TopView } from './top-view.ts';

const START = routingOverlay.publishedAt;

type Own = Partial<TopPorts> & { onceAfterMs?: number; frames?: number; failsToReceive?: number; failsToClose?: boolean };

/** An installation in memory, whose time passes by sleeping; it is stopped after so many frames. */
function create({ onceAfterMs, frames = 3, failsToReceive = 0, failsToClose, ...own }: Own = {}) {
  const clock = { now: START };
  const stop = new AbortController();
  const seen = { views: [] as TopView[], closed: 0, touched: 0, sleeps: [] as number[], redraw: undefined as (() => void) | undefined };
  let failures = failsToReceive;
  const tail: TopTail = {
    receive: async (signal) => {
      if (failures-- > 0) throw new Error('throttled');
      // As a queue that is polled: others get their turn.
      await new Promise((resolve) => setTimeout(resolve, 1));
      return signal.aborted ? [] : [bodyOf(testAttempts(clock.now))];
    },
    touch: async () => {
      seen.touched += 1;
    },
    close: async () => {
      seen.closed += 1;
      if (failsToClose) throw new Error('could not be removed');
    },
  };
  const ports: TopPorts = {
    installation: 'here',
    readTable: async () => routingTable,
    readHealth: async () => ({ reading: { kind: 'read', overlay: routingOverlay }, problem: undefined }),
    readQueues: async () => [],
    openTail: async () => tail,
    now: () => clock.now,
    sleep: async (milliseconds) => {
      seen.sleeps.push(milliseconds);
      clock.now += milliseconds;
      await new Promise((resolve) => setTimeout(resolve, 5));
    },
    ...own,
  };
  const show = (view: TopView) => {
    seen.views.push(view);
    if (onceAfterMs === undefined && seen.views.length >= frames) stop.abort();
  };
  const onResize = (redraw: () => void) => {
    seen.redraw = redraw;
    return () => {
      seen.redraw = undefined;
    };
  };
  const run = () => runTop(ports, { onceAfterMs, intervalMs: 1_000, show, onResize, signal: stop.signal });
  return { run, seen, stop, clock };
}

describe('runTop', () => {
  it('shows on and on until it is stopped, then removes what it made', async () => {
    const { run, seen } = create();
    expect(await run()).toBe(0);
    expect(seen.views.map(({ at }) => at - START)).toEqual([0, 1_000, 2_000]);
    expect(seen.views.at(-1)?.isHeard).toBe(true);
    expect(seen).toMatchObject({ closed: 1, redraw: undefined });
  });

  it('shows once after it has listened', async () => {
    const { run, seen } = create({ onceAfterMs: 5_000 });
    expect(await run()).toBe(0);
    expect(seen.views).toHaveLength(1);
    expect(seen.views[0]).toMatchObject({ at: START + 5_000, isHeard: true, traffic: { seconds: 5 } });
    expect(seen.closed).toBe(1);
  });

  it('fails when something could not be read, and shows the rest', async () => {
    const { run, seen } = create({ onceAfterMs: 1_000, readQueues: () => Promise.reject(new Error('no rights')) });
    expect(await run()).toBe(1);
    expect(seen.views[0]?.problems).toEqual(['queues: no rights']);
  });

  it('is interrupted before its one picture', async () => {
    const { run, seen, stop } = create({ onceAfterMs: 1_000 });
    stop.abort();
    expect(await run()).toBe(130);
    expect(seen).toMatchObject({ views: [], closed: 1 });
  });

  it('begins nothing without a table', async () => {
    const { run, seen } = create({ readTable: () => Promise.reject(new Error('no table was released')) });
    await expect(run()).rejects.toThrow('no table was released');
    expect(seen).toMatchObject({ views: [], closed: 0 });
  });

  it('goes on without events when it may not listen, and says so', async () => {
    const { run, seen } = create({ openTail: () => Promise.reject(new Error('no rights to make a queue')) });
    expect(await run()).toBe(0);
    expect(seen.views.at(-1)).toMatchObject({ isHeard: false, problems: ['events: no rights to make a queue'] });
  });

  it('listens again after a call that failed', async () => {
    const { run, seen } = create({ failsToReceive: 6, frames: 20 });
    expect(await run()).toBe(0);
    expect(seen.views.at(-1)).toMatchObject({ isHeard: true, problems: [] });
  });

  it('says every ten minutes that its queue is in use', async () => {
    const { run, seen, clock } = create({
      frames: 4,
      readQueues: async () => {
        clock.now += 400_000;
        return [];
      },
    });
    await run();
    expect(seen.touched).toBeGreaterThan(0);
    // Four listen, and one of them says it.
    expect(seen.touched).toBeLessThanOrEqual(2);
  });

  it('fails when what it made could not be removed', async () => {
    await expect(create({ failsToClose: true }).run()).rejects.toThrow('could not be removed');
  });

  it('draws anew when the terminal changes', async () => {
    const { run, seen } = create({ frames: 4 });
    const running = run();
    while (seen.redraw === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
    const before = seen.views.length;
    seen.redraw();
    expect(seen.views).toHaveLength(before + 1);
    await running;
  });
});
