import type { Strategy } from './app-config-state.ts';

/** What every account has. Note the bake times: AllAtOnce holds its environment for ten minutes. */
export const PREDEFINED_STRATEGIES: readonly Strategy[] = [
  predefined('AllAtOnce', { durationMinutes: 0, growthFactor: 100, growthType: 'LINEAR', bakeMinutes: 10 }),
  predefined('Linear50PercentEvery30Seconds', { durationMinutes: 1, growthFactor: 50, growthType: 'LINEAR', bakeMinutes: 1 }),
  predefined('Linear20PercentEvery6Minutes', { durationMinutes: 30, growthFactor: 20, growthType: 'LINEAR', bakeMinutes: 30 }),
  predefined('Canary10Percent20Minutes', { durationMinutes: 20, growthFactor: 10, growthType: 'EXPONENTIAL', bakeMinutes: 10 }),
];

function predefined(name: string, growth: Omit<Strategy, 'id' | 'name'>): Strategy {
  return { id: `AppConfig.${name}`, name: `AppConfig.${name}`, ...growth };
}
