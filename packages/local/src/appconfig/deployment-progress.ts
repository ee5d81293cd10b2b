import type { Deployment, Growth } from './app-config-state.ts';

export type DeploymentState = 'DEPLOYING' | 'BAKING' | 'COMPLETE' | 'ROLLED_BACK' | 'REVERTED';

export type Progress = { state: DeploymentState; percentage: number; completedAtMs?: number };

const TRUE_MINUTE_MS = 60_000;

/** Where a deployment stands at a time. Nothing ticks: its whole course follows from when it started and was stopped. */
export function deploymentProgress(deployment: Deployment, nowMs: number): Progress {
  const { growth, startedAtMs, stopped, minuteMs = TRUE_MINUTE_MS } = deployment;
  if (stopped !== undefined) return { state: stopped.state, percentage: 0, completedAtMs: stopped.atMs };
  const grownAtMs = startedAtMs + growth.durationMinutes * minuteMs;
  const completedAtMs = grownAtMs + growth.bakeMinutes * minuteMs;
  if (nowMs >= completedAtMs) return { state: 'COMPLETE', percentage: 100, completedAtMs };
  if (nowMs >= grownAtMs) return { state: 'BAKING', percentage: 100 };
  return { state: 'DEPLOYING', percentage: grownPercentage(growth, (nowMs - startedAtMs) / (grownAtMs - startedAtMs)) };
}

export function isInFlight({ state }: Progress): boolean {
  return state === 'DEPLOYING' || state === 'BAKING';
}

/**
 * The share of sessions after a fraction of the duration. Linear: 100 / growthFactor equal steps, the first at the end of
 * the first interval, so 20 % over 30 minutes is 20, 40 … 100 each 6 minutes. Exponential: growthFactor × 2^n from the
 * start, in equal intervals, until it would pass 100.
 */
function grownPercentage({ growthType, growthFactor }: Growth, fraction: number): number {
  if (growthType === 'LINEAR') {
    const steps = Math.ceil(100 / growthFactor);
    return Math.min(100, Math.floor(fraction * steps) * growthFactor);
  }
  const doublings = Math.max(1, Math.ceil(Math.log2(100 / growthFactor)));
  return Math.min(100, growthFactor * 2 ** Math.floor(fraction * doublings));
}
