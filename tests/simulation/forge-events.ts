import { INFERENCE_SOURCE, type ObservedAttempts, type RoutingTable, SCHEMA_VERSION } from '@signalbox/contracts';
import type { Span } from './own-trouble.ts';
import { exponential, type Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A flood of what looks like our events: so many a second, each ten times. */
export type Flood = Span & { perSecond: number };

type Options = {
  time: VirtualTime;
  start: number;
  flood: Flood | undefined;
  table: RoutingTable;
  random: Random;
  send: (body: string) => void;
};
type Forge = (draw: { random: Random; now: number; table: RoutingTable }) => Partial<ObservedAttempts> | string;

const TIMES = 10;
const HOUR_MS = 3_600_000;

/** What is forged: targets and definitions that nobody has, times that cannot be, numbers that are none, and what is no event at all. */
const FORGERIES: readonly Forge[] = [
  ({ random }) => ({ target: `nobody-${Math.floor(random() * 1_000)}` }),
  () => ({ target: '__proto__' }),
  () => ({ target: 'constructor', definition: 'prototype' }),
  ({ random }) => ({ definition: `old-${Math.floor(random() * 10)}` }),
  // Faults of a target that exists, from the future: none of five minutes or more counts.
  ({ random, now }) => ({ bucketStart: Math.floor((now + random() * 87_600 * HOUR_MS) / 10_000) * 10_000 }),
  ({ random, now }) => ({ bucketStart: Math.floor((now - HOUR_MS - random() * 1_000 * HOUR_MS) / 10_000) * 10_000 }),
  () => ({ count: -5 }),
  () => ({ count: 1e300 }),
  () => ({ tenantSlot: 99 }),
  () => ({ latenciesMs: [Number.NaN] }),
  () => 'no JSON at all {',
  () => JSON.stringify({ source: 'somebody.else', 'detail-type': 'AttemptsObserved', detail: {} }),
  () => JSON.stringify({ source: INFERENCE_SOURCE, 'detail-type': 'AttemptsObserved', detail: { metadata: null, data: '\ud800' } }),
];

/** Puts forged events on the bus at random moments. */
export function forgeEvents({ time, start, flood, table, random, send }: Options): void {
  if (!flood) return;
  let number = 0;
  const next = (second: number): void => {
    if (second >= flood.to) return;
    time.at(start + second * 1_000, () => {
      const forge = FORGERIES[Math.floor(random() * FORGERIES.length)] as Forge;
      const forged = forge({ random, now: time.now(), table });
      const body = typeof forged === 'string' ? forged : toBody(forged, { table, random, now: time.now(), id: `forged-${number++}` });
      for (let count = 0; count < TIMES; count++) send(body);
      next(second + exponential(random, TIMES / flood.perSecond));
    });
  };
  next(flood.from);
}

type Frame = { table: RoutingTable; random: Random; now: number; id: string };

function toBody(forged: Partial<ObservedAttempts>, { table, random, now, id }: Frame): string {
  const targets = Object.values(table.targets);
  const { id: target, definition } = targets[Math.floor(random() * targets.length)] as (typeof targets)[number];
  const observed: ObservedAttempts = {
    target,
    definition,
    route: 'default',
    bucketStart: Math.floor(now / 10_000) * 10_000,
    outcome: 'faulted',
    slow: false,
    tenantSlot: Math.floor(random() * 16),
    count: 3,
    latenciesMs: [],
    ...forged,
  };
  const metadata = { id, version: SCHEMA_VERSION, occurredAt: new Date(now).toISOString(), correlationId: 'forged' };
  const data = { sandbox: 'forged', stage: 'simulation', tableVersion: table.version, observations: [observed] };
  return JSON.stringify({ source: INFERENCE_SOURCE, 'detail-type': 'AttemptsObserved', detail: { metadata, data } });
}
