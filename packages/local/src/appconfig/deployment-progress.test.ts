import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Deployment, Growth } from './app-config-state.ts';
import { deploymentProgress } from './deployment-progress.ts';
import { PREDEFINED_STRATEGIES } from './predefined-strategies.ts';

const deployment = (growth: Growth): Deployment => ({
  number: 1,
  profileId: 'p',
  versionNumber: 1,
  strategyId: 's',
  growth,
  startedAtMs: 0,
});
const predefined = (name: string) => PREDEFINED_STRATEGIES.find(({ id }) => id === `AppConfig.${name}`) as Growth;
const at = (growth: Growth, minutes: number) => {
  const { state, percentage } = deploymentProgress(deployment(growth), minutes * 60_000);
  return `${state} ${percentage}`;
};

describe('a deployment', () => {
  it.each([
    ['AllAtOnce', 0, 'BAKING 100'],
    ['AllAtOnce', 9.99, 'BAKING 100'],
    ['AllAtOnce', 10, 'COMPLETE 100'],
    ['Linear50PercentEvery30Seconds', 0, 'DEPLOYING 0'],
    ['Linear50PercentEvery30Seconds', 0.5, 'DEPLOYING 50'],
    ['Linear50PercentEvery30Seconds', 1, 'BAKING 100'],
    ['Linear50PercentEvery30Seconds', 2, 'COMPLETE 100'],
    ['Linear20PercentEvery6Minutes', 5.9, 'DEPLOYING 0'],
    ['Linear20PercentEvery6Minutes', 6, 'DEPLOYING 20'],
    ['Linear20PercentEvery6Minutes', 25, 'DEPLOYING 80'],
    ['Linear20PercentEvery6Minutes', 59, 'BAKING 100'],
    ['Canary10Percent20Minutes', 0, 'DEPLOYING 10'],
    ['Canary10Percent20Minutes', 5, 'DEPLOYING 20'],
    ['Canary10Percent20Minutes', 15, 'DEPLOYING 80'],
    ['Canary10Percent20Minutes', 20, 'BAKING 100'],
  ])('by %s after %d minutes is %s', (name, minutes, expected) => {
    expect(at(predefined(name), minutes)).toBe(expected);
  });

  it('that is stopped stays stopped, at nothing', () => {
    const stopped = { atMs: 5, state: 'ROLLED_BACK', triggeredBy: 'USER', reason: '' } as const;
    expect(deploymentProgress({ ...deployment(predefined('AllAtOnce')), stopped }, 1e9)).toEqual({
      state: 'ROLLED_BACK',
      percentage: 0,
      completedAtMs: 5,
    });
  });

  it('never shrinks, stays within 0 and 100, and is complete when its time is over', () => {
    const growth = fc.record({
      durationMinutes: fc.integer({ min: 0, max: 1440 }),
      growthFactor: fc.integer({ min: 1, max: 100 }),
      growthType: fc.constantFrom('LINEAR' as const, 'EXPONENTIAL' as const),
      bakeMinutes: fc.integer({ min: 0, max: 1440 }),
    });
    fc.assert(
      fc.property(growth, fc.nat(3000), fc.nat(3000), (given, first, more) => {
        const early = deploymentProgress(deployment(given), first * 60_000).percentage;
        const late = deploymentProgress(deployment(given), (first + more) * 60_000).percentage;
        expect(early).toBeGreaterThanOrEqual(0);
        expect(late).toBeLessThanOrEqual(100);
        expect(late).toBeGreaterThanOrEqual(early);
        expect(at(given, given.durationMinutes + given.bakeMinutes)).toBe('COMPLETE 100');
      }),
    );
  });
});
