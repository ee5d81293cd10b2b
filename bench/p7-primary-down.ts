import { RoutingTable } from '@signalbox/contracts';
import { type AdapterReplies, askAdapter } from './adapter-replies.ts';
import { FAULTS, type FaultName } from './faulty-models.ts';
import { runWorld, type WorldStory } from './fleet-world.ts';
import { median } from './median.ts';
import { percentile } from './percentile.ts';
import type { Row } from './report.ts';
import { routingTableJson } from './routing-table.ts';

const REQUESTS = 100_000;
const REQUESTS_PER_SECOND = 100;
const ROUTE = 'default';
const PRIMARY = 'nova-lite';
const FROM_MS = 1_000;
const LIMITS = { duplicates: 0.001, attempts: 1.02, p50: 1.1 };

const WORDS: Record<FaultName, string> = {
  error503: '503 at once',
  throttle429: '429 at once, without Retry-After',
  blackHole: 'no answer ever',
  reset: 'connection reset',
};

/** The first choice of a route is down from the first request to the last: who is lost, what is called twice, what it costs in attempts and in time. */
export async function measurePrimaryDown(): Promise<Row[]> {
  const table = RoutingTable.parse(JSON.parse(routingTableJson()));
  const target = table.targets[PRIMARY];
  if (!target) throw new Error(`the default policy has no target ${PRIMARY}`);
  const replies = await askAdapter(target);
  const healthy = figuresOf(await run(table, replies, undefined));
  const rows: Row[] = [];
  for (const fault of FAULTS) rows.push(...toRows(fault, figuresOf(await run(table, replies, fault)), healthy));
  return rows;
}

function run(table: RoutingTable, replies: AdapterReplies, fault: FaultName | undefined): Promise<WorldStory> {
  const faultOf = (target: string) => (target === PRIMARY ? fault : undefined);
  return runWorld({ table, route: ROUTE, replies, requestsPerSecond: REQUESTS_PER_SECOND, requests: REQUESTS, seed: 7, faultOf });
}

type Figures = {
  lost: number;
  duplicates: number;
  attempts: number;
  p50Ms: number;
  p50OfFirstMinuteMs: number;
  p99Ms: number;
  parked: number;
  callsOfPrimary: number;
};

function figuresOf({ requests, calls }: WorldStory): Figures {
  const answered = requests.filter(({ answeredAt }) => answeredAt !== undefined);
  const tookMs = (among: typeof requests) => among.map(({ sentAt, answeredAt = Number.NaN }) => answeredAt - sentAt);
  const later = answered.filter(({ sentAt }) => sentAt >= FROM_MS);
  return {
    lost: requests.length - answered.length,
    duplicates: calls.filter(({ outcome }) => outcome === 'succeeded').length - answered.length,
    attempts: calls.length / requests.length,
    p50Ms: median(tookMs(later)),
    p50OfFirstMinuteMs: median(tookMs(later.filter(({ sentAt }) => sentAt < 60_000))),
    p99Ms: percentile(tookMs(later), 0.99),
    parked: requests.filter(({ sentAt, answeredAt = 0 }) => answeredAt - sentAt > 30_000).length,
    callsOfPrimary: calls.filter(({ target }) => target === PRIMARY).length,
  };
}

function toRows(fault: FaultName, figures: Figures, healthy: Figures): Row[] {
  const { lost, duplicates, attempts, p50Ms, p50OfFirstMinuteMs, p99Ms, parked, callsOfPrimary } = figures;
  const ratio = p50Ms / healthy.p50Ms;
  return [
    {
      budget: 'P7',
      what: `primary down, ${WORDS[fault]}: lost and answered twice`,
      measured: `${lost} and ${duplicates}`,
      limit: `0 and <= ${(LIMITS.duplicates * 100).toFixed(1)} %`,
      isMet: lost === 0 && duplicates <= LIMITS.duplicates * REQUESTS,
      how: `of ${REQUESTS} requests; 16 sandboxes in virtual time, ${REQUESTS_PER_SECOND} req/s`,
    },
    {
      budget: 'P7',
      what: '  attempts per request',
      measured: attempts.toFixed(4),
      limit: `<= ${LIMITS.attempts}`,
      isMet: attempts <= LIMITS.attempts,
      how: `${callsOfPrimary} calls of the dead target, the platform's own probes apart`,
    },
    {
      budget: 'P7',
      what: '  p50 from send to answer after the first second',
      measured: `${Math.round(p50Ms)} ms`,
      ratio,
      limit: `<= ${LIMITS.p50.toFixed(2)}x`,
      isMet: ratio <= LIMITS.p50,
      how: `to healthy; first minute ${(p50OfFirstMinuteMs / healthy.p50OfFirstMinuteMs).toFixed(2)}x, p99 ${(p99Ms / healthy.p99Ms).toFixed(2)}x, ${parked} waited over 30 s`,
    },
  ];
}
