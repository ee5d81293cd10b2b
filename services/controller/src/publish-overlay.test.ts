import type { RoutingOverlayChanged } from '@signalbox/contracts';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { JudgedMember } from './health/index.ts';
import { START } from './health/testing/make-buckets.ts';
import { circuits, makeHealth } from './health/testing/make-health.ts';
import type { Judgement } from './judge-fleet.ts';
import { createPublishOverlay } from './publish-overlay.ts';
import { makeWorld, told } from './testing/make-world.ts';

let fixture: ReturnType<typeof makeWorld>;
let publishOverlay: ReturnType<typeof createPublishOverlay>;

beforeEach(() => {
  fixture = makeWorld();
  publishOverlay = createPublishOverlay(fixture.ports);
});

/** A judgement by which `a` is out, or has all of its traffic. */
function judgement(fleetVersion: number, isOut: boolean, panic: string[] = []): Judgement {
  const health = isOut ? makeHealth({ circuit: circuits.open() }) : makeHealth();
  const a: JudgedMember = { key: 'a@d0', id: 'a', health, share: isOut ? 0 : 1, isLastOfTier: false, latencyMs: fleetVersion };
  const rest = { closedTiers: [], suspectSlots: [], changes: [], probes: [], recoveries: [] };
  const evaluation = { fleet: { targets: {} }, targets: [a], panic, ...rest };
  return { evaluation, table: fixture.world.table, fleetVersion, now: fixture.world.now };
}

describe('the overlay', () => {
  it('is not begun while there is nothing to say', async () => {
    expect(await publishOverlay(judgement(1, false))).toBe('unchanged');
    expect(fixture.world.overlay).toBeUndefined();
  });

  it('begins at a sequence that none before can have reached, and grows by one', async () => {
    expect(await publishOverlay(judgement(1, true))).toBe('written');
    expect(fixture.world.overlay?.seq).toBe(START / 1_000);
    fixture.world.now += 5_000;
    expect(await publishOverlay(judgement(2, false))).toBe('written');
    expect(fixture.world.overlay).toMatchObject({
      seq: START / 1_000 + 1,
      fleetVersion: 2,
      overlay: { seq: START / 1_000 + 1, targets: {} },
    });
  });

  it('is written at most once a second: a change waits for its turn', async () => {
    await publishOverlay(judgement(1, true));
    fixture.world.now += 300;
    expect(await publishOverlay(judgement(2, false))).toBe('written');
    expect(fixture.world.overlaysWritten).toEqual([START, START + 1_000]);
  });

  it('is not written for a latency that moved, but every five minutes as a heartbeat, of which the bus hears nothing', async () => {
    await publishOverlay(judgement(1, true));
    fixture.world.now += 297_000;
    expect(await publishOverlay(judgement(2, true))).toBe('unchanged');
    fixture.world.now += 3_000;
    expect(await publishOverlay(judgement(3, true))).toBe('written');
    expect(fixture.world.overlay?.overlay?.publishedAt).toBe(START + 300_000);
    expect(told(fixture.world)).toEqual(['RoutingOverlayChanged']);
  });

  it('that was made from newer states is left alone', async () => {
    await publishOverlay(judgement(5, true));
    fixture.world.now += 5_000;
    expect(await publishOverlay(judgement(4, false))).toBe('superseded');
    expect(fixture.world.overlay?.fleetVersion).toBe(5);
  });

  it('that a clock far ahead has written holds nothing back', async () => {
    fixture.world.now += 3_600_000;
    await publishOverlay(judgement(1, true));
    fixture.world.now = START;
    expect(await publishOverlay(judgement(2, false))).toBe('written');
    expect(fixture.world.overlay?.overlay?.publishedAt).toBe(START);
  });

  it('that nobody can read is replaced at once, and that is told', async () => {
    fixture.world.overlay = { seq: 12, fleetVersion: 0, overlay: undefined };
    expect(await publishOverlay(judgement(1, false))).toBe('written');
    expect(fixture.world.overlay).toMatchObject({ seq: 13 });
    expect(fixture.world.notes).toEqual([
      { level: 'error', message: 'An overlay that nobody could read was replaced', detail: { seq: 12 } },
    ]);
  });

  it('that others write again and again is given up, with a word', async () => {
    fixture.world.overlay = { seq: 12, fleetVersion: 0, overlay: undefined };
    fixture.world.before = async (access) => {
      if (access === 'write overlay' && fixture.world.overlay)
        fixture.world.overlay = { ...fixture.world.overlay, seq: fixture.world.overlay.seq + 1 };
    };
    await expect(publishOverlay(judgement(1, true))).rejects.toThrow(/written by others 10 times/);
  });
});

it('tells what changed, from what to what, and why', async () => {
  await publishOverlay(judgement(1, true, ['default']));
  fixture.world.now += 5_000;
  await publishOverlay(judgement(2, false));
  const data = fixture.world.events.map(({ detail }) => detail.data as RoutingOverlayChanged['data']);
  expect(data.map(({ reason }) => reason)).toEqual([
    'a: for a test; route default: nobody is up',
    'a: all of its traffic again; route default: out of panic',
  ]);
  expect(data[1]).toMatchObject({
    previous: { seq: START / 1_000, targets: { 'a@d0': { share: 0 } }, panic: ['default'] },
    current: { seq: START / 1_000 + 1, targets: {}, panic: [] },
  });
});

const steps = fc.array(fc.record({ isOut: fc.boolean(), afterMs: fc.nat(3_000), isFirst: fc.boolean() }), { minLength: 2, maxLength: 12 });

it('never goes back, in its sequence or in what it was made from, however judgements overtake each other', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (judged) => {
      fixture = makeWorld();
      publishOverlay = createPublishOverlay(fixture.ports);
      const written: { seq: number; fleetVersion: number }[] = [];
      const { write } = fixture.ports.overlay;
      fixture.ports.overlay.write = async (next, previous) => {
        const result = await write(next, previous);
        if (result === 'written') written.push({ seq: next.overlay.seq, fleetVersion: next.fleetVersion });
        return result;
      };
      // Half of them are overtaken by the next one between what they read and what they write.
      const running: Promise<unknown>[] = [];
      for (const [index, { isOut, afterMs, isFirst }] of judged.entries()) {
        fixture.world.now += afterMs;
        const done = publishOverlay(judgement(index + 1, isOut));
        if (isFirst) await done;
        else running.push(done);
      }
      await Promise.all(running);
      for (const [index, one] of written.entries()) {
        const before = written[index - 1];
        if (!before) continue;
        expect(one.seq).toBe(before.seq + 1);
        expect(one.fleetVersion).toBeGreaterThanOrEqual(before.fleetVersion);
      }
    }),
  );
});
