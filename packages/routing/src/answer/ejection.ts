import type { Verdict } from './failure-run.ts';

/** A target taken out by this process. Times in milliseconds since the epoch. */
export type Ejection = {
  cause: 'faulting' | 'slow' | 'not-ready' | 'misconfigured';
  /** The only tenant for which it is out; undefined for all. */
  tenant: string | undefined;
  since: number;
  /** From then on one call, the probe, decides. */
  until: number;
};

/** Now, and 0 up to 1 to spread the ends of ejections, so that processes do not come back together. */
export type Chance = { now: number; random: () => number };

const BASE_MS = 5_000;
const MAX_MS = 60_000;
/**
 * Calls that the first ejection keeps away at the longest, at least half as many: one that ends before the next request comes keeps away none,
 * and a process of a large fleet may call a target once in five seconds. In the simulated fleet, with the bus silent, three quarters of the
 * traffic have left a dead target after 45 to 48 s without this, after 13 to 29 s with it.
 */
const KEPT_AWAY_CALLS = 6;
/** A cold endpoint takes minutes to start; a wrong right or name is mended by people. */
const STATED_MS = { 'not-ready': 30_000, misconfigured: 60_000 } as const;

/**
 * 5 s, or as long as six calls are usually apart, doubling with each ejection in a row up to 60 s; half of it for certain and half by chance.
 * `apartMs`: how far apart this process's calls to the target usually are.
 */
export function ejectAt(level: number, { cause, tenant }: Verdict, { now, random }: Chance, apartMs = 0): Ejection {
  const longestMs = Math.min(MAX_MS, Math.max(BASE_MS, KEPT_AWAY_CALLS * apartMs) * 2 ** level);
  return { cause, tenant, since: now, until: now + longestMs / 2 + (random() * longestMs) / 2 };
}

/** The ejection of a target that said itself why it cannot be called. */
export function ejectAsStated(cause: keyof typeof STATED_MS, tenant: string | undefined, now: number): Ejection {
  return { cause, tenant, since: now, until: now + STATED_MS[cause] };
}

export function isForTenant({ tenant }: Ejection, asking: string): boolean {
  return tenant === undefined || tenant === asking;
}
