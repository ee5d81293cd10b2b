import { describe, expect, it } from 'vitest';
import { createVirtualClock } from './virtual-clock.ts';

describe('the virtual clock', () => {
  it('wakes in the order of time, and of asking where times are equal', async () => {
    const clock = createVirtualClock(1_000);
    const woken: string[] = [];
    const say = (name: string) => () => woken.push(`${name} ${clock.now()}`);
    for (const [name, ms] of [
      ['c', 30],
      ['a', 10],
      ['b', 10],
      ['e', 50],
      ['d', 40],
    ] as const)
      clock.after(ms, say(name));
    await clock.runUntil(() => woken.length === 5);
    expect(woken).toEqual(['a 1010', 'b 1010', 'c 1030', 'd 1040', 'e 1050']);
  });

  it('lets a sleep be given up', async () => {
    const clock = createVirtualClock(0);
    const controller = new AbortController();
    const sleeping = clock.sleep(1_000, undefined, { signal: controller.signal }).then(
      () => 'slept',
      () => `left at ${clock.now()}`,
    );
    clock.after(20, () => controller.abort());
    let ended = '';
    void sleeping.then((how) => {
      ended = how;
    });
    await clock.runUntil(() => ended !== '');
    expect(ended).toBe('left at 20');
  });

  it('tells what its work threw, and that nothing is left to wait for', async () => {
    const clock = createVirtualClock(0);
    clock.after(5, () => {
      throw new Error('broken');
    });
    await expect(clock.runUntil(() => false)).rejects.toThrow('broken');
    await expect(createVirtualClock(0).runUntil(() => false)).rejects.toThrow(/nothing .* waits/);
  });
});
