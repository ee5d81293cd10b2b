import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Bucket } from './health/index.ts';
import { observe, START } from './health/testing/make-buckets.ts';
import { rememberBuckets } from './remember-buckets.ts';
import { makeWorld } from './testing/make-world.ts';

const WINDOW_MS = 900_000;

function makeFixture() {
  const fixture = makeWorld();
  const read: number[] = [];
  const counters = {
    read(keys: readonly string[], from: number) {
      if (keys.length > 0) read.push(fixture.world.now - from);
      return fixture.ports.counters.read(keys, from);
    },
  };
  const remembering = rememberBuckets({ counters, now: () => fixture.world.now });
  return { ...fixture, read, ask: (keys = ['a@d0']) => remembering.read(keys, fixture.world.now - WINDOW_MS) };
}

const sorted = (buckets: ReadonlyMap<string, readonly Bucket[]>) =>
  [...buckets].map(([key, own]) => [key, own.toSorted((one, other) => one.bucketStart - other.bucketStart)]);

it('reads all once a minute, and between only what may still change', async () => {
  const { world, read, ask } = makeFixture();
  for (let second = 0; second < 70; second += 10) {
    world.now = START + second * 1_000;
    await ask();
  }
  expect(read).toEqual([900_000, 180_000, 180_000, 180_000, 180_000, 180_000, 900_000]);
});

it('reads all of a target that is new to it, and forgets one that is not asked for any more', async () => {
  const { world, read, ask } = makeFixture();
  await ask(['a@d0']);
  world.now += 1_000;
  await ask(['a@d0', 'b@d0']);
  await ask(['b@d0']);
  await ask(['a@d0', 'b@d0']);
  expect(read).toEqual([900_000, 180_000, 900_000, 180_000, 180_000, 900_000]);
});

const steps = fc.array(fc.record({ afterMs: fc.nat(40_000), lateMs: fc.nat(170_000), count: fc.integer({ min: 1, max: 5 }) }), {
  maxLength: 30,
});

it('gives what the table has, of everything that is told within three minutes', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (told) => {
      const { world, ports, ask, observe: count } = makeFixture();
      for (const { afterMs, lateMs, count: attempts } of told) {
        world.now += afterMs;
        await count(observe({ target: 'a', at: world.now - lateMs, count: attempts }));
        expect(sorted(await ask())).toEqual(sorted(await ports.counters.read(['a@d0'], world.now - WINDOW_MS)));
      }
    }),
  );
});

it('gives what is told later within a minute', async () => {
  const { world, ask, observe: count } = makeFixture();
  await ask();
  await count(observe({ target: 'a', at: world.now - 400_000 }));
  world.now += 1_000;
  expect((await ask()).size).toBe(0);
  world.now += 59_000;
  expect((await ask()).get('a@d0')).toHaveLength(1);
});
