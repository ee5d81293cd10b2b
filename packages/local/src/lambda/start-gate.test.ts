import { describe, expect, it } from 'vitest';
import { createGate } from './start-gate.ts';

describe('a gate', () => {
  it('lets so many through at once, and the rest in order as others leave', async () => {
    const gate = createGate(2);
    const entered: number[] = [];
    const visits = [0, 1, 2, 3].map(async (visitor) => {
      const leave = await gate.enter();
      entered.push(visitor);
      return leave;
    });
    const [leaveFirst, leaveSecond] = await Promise.all(visits.slice(0, 2));
    expect(entered).toEqual([0, 1]);
    leaveFirst?.();
    await visits[2];
    expect(entered).toEqual([0, 1, 2]);
    leaveSecond?.();
    await visits[3];
    expect(entered).toEqual([0, 1, 2, 3]);
  });

  it('is open again when all have left', async () => {
    const gate = createGate(1);
    for (let round = 0; round < 3; round += 1) (await gate.enter())();
    const leave = await gate.enter();
    leave();
  });
});
