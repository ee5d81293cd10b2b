import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isToldDeferral, parkDelaySeconds } from './park-delay.ts';
import { START } from './testing/index.ts';

const NEVER = Number.POSITIVE_INFINITY;
const half = () => 0.5;
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const wait = fc.record({
  deferrals: fc.nat(10_000),
  briefDeferrals: fc.nat(10_000),
  isBrief: fc.boolean(),
  now: fc.constant(START),
  deadline: fc.oneof(fc.constant(NEVER), fc.integer({ min: START - 10_000_000, max: START + 10_000_000 })),
  random: chance.map((value) => () => value),
  retryAfterMs: fc.nat(10_000_000),
});

describe('the delay of a parked request', () => {
  it('doubles from 5 s up to 15 minutes', () => {
    const delays = Array.from({ length: 10 }, (_, deferrals) => parkDelaySeconds({ deferrals, now: START, deadline: NEVER, random: half }));
    expect(delays).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
  });

  it('is a whole number of seconds that SQS takes', () => {
    fc.assert(
      fc.property(wait, (given) => {
        const delay = parkDelaySeconds(given);
        expect(Number.isInteger(delay)).toBe(true);
        expect(delay).toBeGreaterThanOrEqual(1);
        expect(delay).toBeLessThanOrEqual(900);
      }),
    );
  });

  it('ends within a second after a deadline that is still to come, at the latest', () => {
    fc.assert(
      fc.property(wait, (given) => {
        if (given.deadline <= START) return;
        expect(START + parkDelaySeconds(given) * 1_000).toBeLessThan(given.deadline + 1_000);
      }),
    );
  });

  it('is never shorter on average for one deferral more', () => {
    const chances = Array.from({ length: 101 }, (_, index) => index / 101);
    const meanOf = (deferrals: number) =>
      chances.reduce((sum, value) => sum + parkDelaySeconds({ deferrals, now: START, deadline: NEVER, random: () => value }), 0) /
      chances.length;
    const means = Array.from({ length: 14 }, (_, deferrals) => meanOf(deferrals));
    expect(means).toEqual([...means].sort((left, right) => left - right));
  });

  it('spreads by a quarter to either side', () => {
    const delayWith = (value: number) => parkDelaySeconds({ deferrals: 4, now: START, deadline: NEVER, random: () => value });
    expect([delayWith(0), delayWith(0.999)]).toEqual([60, 100]);
  });

  it('is at least what a throttled target asks for, up to 15 minutes', () => {
    const delayFor = (retryAfterMs: number) => parkDelaySeconds({ deferrals: 0, now: START, deadline: NEVER, random: half, retryAfterMs });
    expect([delayFor(1_000), delayFor(90_000), delayFor(3_600_000)]).toEqual([5, 113, 900]);
  });

  it('is 3 to 9 s at first where only chance kept the request waiting, however long it waited for other reasons, and grows to a minute', () => {
    const delaysAfter = (deferrals: number, briefDeferrals: number) =>
      [0, 0.5, 0.999].map((value) =>
        parkDelaySeconds({ deferrals, briefDeferrals, now: START, deadline: NEVER, random: () => value, isBrief: true }),
      );
    expect([delaysAfter(0, 0), delaysAfter(12, 0), delaysAfter(0, 5), delaysAfter(0, 11), delaysAfter(0, 10_000)]).toEqual([
      [3, 6, 9],
      [3, 6, 9],
      [9, 18, 27],
      [30, 60, 90],
      [30, 60, 90],
    ]);
  });

  it('leaves time for a last try before the deadline', () => {
    const delayTo = (seconds: number) => parkDelaySeconds({ deferrals: 10, now: START, deadline: START + seconds * 1_000, random: half });
    expect([delayTo(600), delayTo(16), delayTo(15), delayTo(1)]).toEqual([585, 1, 15, 1]);
  });

  it('goes on growing after the deadline, when only the ending is left to tell', () => {
    const delays = [0, 1, 2].map((deferrals) => parkDelaySeconds({ deferrals, now: START, deadline: START, random: half }));
    expect(delays).toEqual([5, 10, 20]);
  });
});

describe('a deferral is told', () => {
  it('the 1st, 2nd, 4th, 8th … time', () => {
    const told = Array.from({ length: 130 }, (_, deferrals) => deferrals).filter(isToldDeferral);
    expect(told).toEqual([1, 2, 4, 8, 16, 32, 64, 128]);
  });
});
