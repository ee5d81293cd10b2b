import { setTimeout as sleep } from 'node:timers/promises';
import { RoutingTable } from '@signalbox/contracts';
import { plan, readFeatures, selectRoute } from '@signalbox/routing';
import { createLiveDocument } from '@signalbox/runtime';
import { measureRounds } from './measure-rounds.ts';
import { median, medianRatio } from './median.ts';
import type { Row } from './report.ts';
import { routingTableJson } from './routing-table.ts';
import { makeRuleTable } from './rule-tables.ts';

const ROUNDS = 11;
const LIMIT = 1.1;
const REQUESTS = 1_000;
const SIDE_BY_SIDE = 10;
const MODEL_MS = 5;
/** In production every 30 s at most: here about twenty fall into a round. */
const RELOAD_EVERY_MS = 30;

/** The 99th percentile of requests while the table is replaced again and again, beside requests on a table that stays. */
export async function measureReload(): Promise<Row[]> {
  const usual = [routingTableJson(), routingTableJson().replace(/"version":"[^"]+"/, '"version":"other"')];
  const large = [JSON.stringify(makeRuleTable(1_000).table), JSON.stringify({ ...makeRuleTable(1_000).table, version: 'other' })];
  const figures = await measureRounds(ROUNDS, {
    still: () => percentileOfRequests(usual, Number.POSITIVE_INFINITY),
    reloaded: () => percentileOfRequests(usual, RELOAD_EVERY_MS),
    largeStill: () => percentileOfRequests(large, Number.POSITIVE_INFINITY),
    largeReloaded: () => percentileOfRequests(large, 3 * RELOAD_EVERY_MS),
  });
  const ratio = medianRatio(figures.reloaded, figures.still);
  return [
    {
      budget: 'P5',
      what: 'p99 of requests while the default table is replaced every 30 ms',
      measured: `${median(figures.reloaded).toFixed(2)} ms`,
      ratio,
      limit: `<= ${LIMIT.toFixed(2)}x`,
      isMet: ratio <= LIMIT,
      how: `to ${median(figures.still).toFixed(2)} ms on one table; ${REQUESTS} requests, ${SIDE_BY_SIDE} side by side, a model of ${MODEL_MS} ms`,
    },
    {
      budget: 'P5',
      what: 'the same, table of 1,000 rules and targets, every 90 ms',
      measured: `${median(figures.largeReloaded).toFixed(2)} ms`,
      ratio: medianRatio(figures.largeReloaded, figures.largeStill),
      how: `to ${median(figures.largeStill).toFixed(2)} ms on one table`,
    },
  ];
}

async function percentileOfRequests(texts: readonly string[], reloadEveryMs: number): Promise<number> {
  let loads = 0;
  const failures: unknown[] = [];
  const document = createLiveDocument<RoutingTable>({
    load: async () => ({ kind: 'value', value: RoutingTable.parse(JSON.parse(texts[loads++ % texts.length] ?? '')) }),
    initial: () => {
      throw new Error('the first load failed');
    },
    softAgeMs: reloadEveryMs,
    hardAgeMs: Number.POSITIVE_INFINITY,
    onError: (error) => failures.push(error),
  });
  await document.get();
  const times: number[] = [];
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => serve(document.get, times)));
  if (failures.length > 0) throw failures[0];
  if (Number.isFinite(reloadEveryMs) && loads < 3) throw new Error(`the table was read ${loads} times only`);
  return times.sort((one, other) => one - other)[Math.floor(times.length * 0.99)] ?? Number.NaN;
}

async function serve(getTable: () => Promise<RoutingTable>, times: number[]): Promise<void> {
  for (let index = 0; index < REQUESTS / SIDE_BY_SIDE; index++) {
    const startedAt = performance.now();
    const table = await getTable();
    const features = readFeatures({
      content: { messages: [{ role: 'user', content: [{ text: 'What is the capital of France?' }] }] },
      tenant: 'default',
    });
    const { route } = selectRoute({ table, route: table.routes.default ?? fail(), features });
    if (plan({ request: features, table, route, random: Math.random }).targets.length === 0) throw new Error('a request got no plan');
    await sleep(MODEL_MS);
    times.push(performance.now() - startedAt);
  }
}

function fail(): never {
  throw new Error('the table has no route "default"');
}
