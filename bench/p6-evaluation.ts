import { OBSERVATION_BUCKET_MS, type ObservedAttempts, type OutcomeKind, TENANT_SLOTS } from '@signalbox/contracts';
import { type Bucket, countAttempts, type EvaluateFleetInput, evaluateFleet, restoreFleet, saveFleet } from '@signalbox/controller/health';
import { measureRounds } from './measure-rounds.ts';
import { median, medianRatio } from './median.ts';
import type { Row } from './report.ts';
import { makeRuleTable } from './rule-tables.ts';

const ROUNDS = 7;
const BUCKETS = 90;
const TICK_MS = 5_000;
/** 512 MB of Lambda are so much of one of its processors: 512 of 1,769 MB. */
const LAMBDA_CPU_SHARE = 512 / 1_769;

/** What judging the whole fleet takes: a quarter of an hour of counters of every target, one of ten failing, read and saved states included. */
export async function evaluationRows(): Promise<Row[]> {
  const fleets = { some: makeFleet(10), hundred: makeFleet(100), thousand: makeFleet(1_000) };
  const once = (input: EvaluateFleetInput, times: number) => async () => timeToJudge(input, times);
  const figures = await measureRounds(ROUNDS, {
    some: once(fleets.some, 20),
    hundred: once(fleets.hundred, 3),
    thousand: once(fleets.thousand, 1),
  });
  const line = (name: keyof typeof figures, what: string, how: string): Row => ({
    budget: 'P6',
    what,
    measured: `${median(figures[name]).toFixed(1)} ms`,
    ratio: medianRatio(figures[name], figures.hundred),
    how,
  });
  const onLambdaMs = median(figures.thousand) / LAMBDA_CPU_SHARE;
  const what = `${BUCKETS} buckets a target, four targets a route, as many routes as targets; CPU`;
  return [
    line('some', 'judging 10 targets', what),
    line('hundred', 'judging 100 targets', 'the same'),
    {
      ...line('thousand', 'judging 1,000 targets', `to 100; on Lambda with 512 MB about ${Math.round(onLambdaMs)} ms, its reads apart`),
      limit: `<= ${TICK_MS} ms on Lambda`,
      isMet: onLambdaMs <= TICK_MS,
    },
  ];
}

/** Milliseconds of processor time of one judgement. */
function timeToJudge(input: EvaluateFleetInput, times: number): number {
  const before = process.cpuUsage();
  for (let time = 0; time < times; time++) {
    const evaluation = evaluateFleet({ ...input, fleet: restoreFleet(saveFleet(input.fleet)).fleet });
    if (saveFleet(evaluation.fleet).length === 0 || evaluation.changes.length === 0)
      throw new Error('a fleet with failing targets was found well');
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / times;
}

function makeFleet(size: number): EvaluateFleetInput {
  const { table } = makeRuleTable(size);
  const { default: _, ...routes } = table.routes;
  const now = Math.floor(Date.now() / OBSERVATION_BUCKET_MS) * OBSERVATION_BUCKET_MS + OBSERVATION_BUCKET_MS - 1;
  const buckets = new Map<string, Bucket[]>();
  for (const [index, { id, definition }] of Object.values(table.targets).entries()) {
    for (let back = 0; back < BUCKETS; back++) {
      const bucketStart = now - (now % OBSERVATION_BUCKET_MS) - back * OBSERVATION_BUCKET_MS;
      const outcome: OutcomeKind = index % 10 === 3 && back < 2 ? 'faulted' : 'succeeded';
      const observations = Array.from({ length: 4 }, (_, tenant) => observe({ id, definition, bucketStart, outcome, tenant }));
      for (const { key, counters } of countAttempts({ observations, now: bucketStart, isKnown: () => true }).changes)
        buckets.set(key, [...(buckets.get(key) ?? []), { bucketStart, counters }]);
    }
  }
  return { table: { ...table, routes }, buckets, fleet: { targets: {} }, holds: [], now, random: Math.random };
}

type Seen = { id: string; definition: string; bucketStart: number; outcome: OutcomeKind; tenant: number };

function observe({ id, definition, bucketStart, outcome, tenant }: Seen): ObservedAttempts {
  const latenciesMs = Array.from({ length: 5 }, () => 600 + Math.floor(Math.random() * 1_200));
  return {
    target: id,
    definition,
    route: 'default',
    bucketStart,
    outcome,
    slow: false,
    tenantSlot: tenant % TENANT_SLOTS,
    count: latenciesMs.length,
    latenciesMs,
  };
}
