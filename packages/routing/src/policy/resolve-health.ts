import { HealthThresholds } from '@signalbox/contracts';
import { policyHelp } from './policy-fields.ts';
import { PolicyHealth } from './policy-health.ts';

export type ThresholdName = keyof typeof PolicyHealth.shape;
export const THRESHOLD_NAMES = Object.keys(PolicyHealth.shape) as ThresholdName[];

/** A threshold as one would write it that nobody states: `20s`, `40%` or 3. */
export const usualText = (name: ThresholdName) => policyHelp.get(PolicyHealth.shape[name])?.default as string | number;

/** What holds where a policy says nothing; times in milliseconds, rates from 0 to 1. */
export const USUAL_HEALTH = Object.fromEntries(
  THRESHOLD_NAMES.map((name) => [name, PolicyHealth.shape[name].parse(usualText(name))]),
) as Readonly<Record<ThresholdName, number>>;

/** What a policy states for a target, its own before that of the defaults, by the names of the table; undefined for nothing. */
export function resolveHealth(own: PolicyHealth | undefined, defaults: PolicyHealth | undefined): HealthThresholds | undefined {
  const stated = Object.entries({ ...defaults, ...own }).filter(([, value]) => value !== undefined);
  return stated.length === 0 ? undefined : Object.fromEntries(stated.map(([name, value]) => [tableName(name), value]));
}

/** The controller's own thresholds, by which it judges a target of which nothing is stated; as in the table. */
export const USUAL_THRESHOLDS = resolveHealth(USUAL_HEALTH, undefined) as Required<HealthThresholds>;

/** In the table the name of a time ends in its unit. */
function tableName(name: string): string {
  return `${name}Ms` in HealthThresholds.shape ? `${name}Ms` : name;
}
