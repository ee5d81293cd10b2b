import { beforeEach, describe, expect, it } from 'vitest';
import { START } from './health/testing/make-buckets.ts';
import { createKeepJudged } from './keep-judged.ts';
import { makeWorld } from './testing/make-world.ts';

let fixture: ReturnType<typeof makeWorld>;
let judgedAt: number[];

beforeEach(() => {
  fixture = makeWorld();
  judgedAt = [];
});

/** One process; all share the turns. */
function makeProcess() {
  const judge = async () => void judgedAt.push(fixture.world.now - START);
  return createKeepJudged({ ...fixture.ports, judge });
}

describe('while events flow', () => {
  it('the fleet is judged every five seconds, by one of all processes', async () => {
    const processes = [makeProcess(), makeProcess(), makeProcess()];
    for (let at = 0; at <= 20_000; at += 500) {
      fixture.world.now = START + at;
      for (const one of processes) await one.tick();
    }
    expect(judgedAt).toEqual([0, 5_000, 10_000, 15_000, 20_000]);
  });

  it('a process asks for its turn only when it may be due', async () => {
    const asked: string[] = [];
    fixture.world.before = async (access) => void asked.push(access);
    const one = makeProcess();
    for (let at = 0; at < 10_000; at += 100) {
      fixture.world.now = START + at;
      await one.tick();
    }
    expect(asked).toEqual(['take turn', 'take turn']);
  });
});

describe('a fault', () => {
  it('is judged at once', async () => {
    await makeProcess().tick();
    fixture.world.now += 1_000;
    expect(await makeProcess().atOnce()).toBe('judged');
    expect(judgedAt).toEqual([0, 1_000]);
  });

  it('within a second of a judgement is judged by the next turn, for which one waits', async () => {
    await makeProcess().atOnce();
    fixture.world.now += 400;
    expect(await makeProcess().atOnce()).toBe('judged');
    expect(judgedAt).toEqual([0, 1_000]);
  });

  it('is left to who waits already, so that a flood of them holds up one process and not all', async () => {
    await makeProcess().atOnce();
    fixture.world.now += 400;
    let release: () => void = () => undefined;
    const waiting = createKeepJudged({
      ...fixture.ports,
      judge: async () => void judgedAt.push(1),
      sleep: () => new Promise<void>((resolve) => (release = resolve)),
    }).atOnce();
    await new Promise((resolve) => setImmediate(resolve));
    const others = await Promise.all([1, 2, 3].map(() => makeProcess().atOnce()));
    expect(others).toEqual(['by-another', 'by-another', 'by-another']);
    release();
    expect(await waiting).toBe('judged');
    expect(judgedAt).toEqual([0, 1]);
  });

  it('for which two reach at the same time is judged once', async () => {
    await makeProcess().atOnce();
    fixture.world.now += 400;
    let isFirst = true;
    fixture.world.before = async (access) => {
      if (access !== 'follow turn' || !isFirst) return;
      isFirst = false;
      fixture.world.turnAt = START + 1_000;
    };
    expect(await makeProcess().atOnce()).toBe('by-another');
    expect(judgedAt).toEqual([0]);
  });
});

it('what fails is the caller’s to tell, and the turn is over all the same', async () => {
  const failing = createKeepJudged({ ...fixture.ports, judge: () => Promise.reject(new Error('no table')) });
  await expect(failing.atOnce()).rejects.toThrow('no table');
  await expect(failing.tick()).resolves.toBe('not-due');
});
