import { plan, type RequestFeatures, readFeatures, selectRoute } from '@signalbox/routing';
import { compileEventPattern } from '@signalbox/routing/pattern';
import { Engine } from 'json-rules-engine';
import { measureRounds } from './measure-rounds.ts';
import { median, medianRatio } from './median.ts';
import type { Row } from './report.ts';
import { makeRuleTable } from './rule-tables.ts';

const ROUNDS = 11;
const LIMIT_NS = 1_000;
const GROWTH_LIMIT = 2;
/** Different requests in turn, so that no branch or cache learns a single one. */
const REQUESTS = 64;
const OURS = 20_000;
const SCANS = 2_000;
const ENGINE_RUNS = 20;

/** Choosing the route by rules and making the plan, features worked out before; beside a scan over the same patterns and beside json-rules-engine. */
export async function measurePlan(): Promise<Row[]> {
  const small = makeVariants(10);
  const large = makeVariants(1_000);
  const figures = await measureRounds(ROUNDS, {
    ours10: async () => timePerCall(small.ours, OURS),
    ours1000: async () => timePerCall(large.ours, OURS),
    scan10: async () => timePerCall(small.scan, SCANS),
    scan1000: async () => timePerCall(large.scan, SCANS / 10),
    engine10: async () => timePerAsyncCall(small.engine, ENGINE_RUNS),
  });
  const ours10 = median(figures.ours10);
  const growth = medianRatio(figures.ours1000, figures.ours10);
  const inTurn = `${ROUNDS} rounds in turn, ${REQUESTS} requests, half of which no rule takes`;
  const beside = (name: 'scan10' | 'scan1000' | 'engine10', what: string, reference: 'ours10' | 'ours1000'): Row => ({
    budget: 'P4',
    what,
    measured: `${median(figures[name]).toFixed(0)} ns`,
    ratio: medianRatio(figures[name], figures[reference]),
    how: 'to ours with as many rules',
  });
  return [
    {
      budget: 'P4',
      what: 'select the route and plan, 10 rules and targets',
      measured: `${ours10.toFixed(0)} ns`,
      limit: `<= ${LIMIT_NS} ns`,
      isMet: ours10 <= LIMIT_NS,
      how: inTurn,
    },
    {
      budget: 'P4',
      what: 'the same, 1,000 rules and targets',
      measured: `${median(figures.ours1000).toFixed(0)} ns`,
      ratio: growth,
      limit: `<= ${GROWTH_LIMIT.toFixed(2)}x`,
      isMet: growth <= GROWTH_LIMIT,
      how: 'to 10 rules and targets',
    },
    beside('scan10', 'scan over the patterns, then plan, 10', 'ours10'),
    beside('scan1000', 'scan over the patterns, then plan, 1,000', 'ours1000'),
    beside('engine10', 'json-rules-engine alone, 10 rules on the tenant', 'ours10'),
  ];
}

function makeVariants(size: number) {
  const { table, route } = makeRuleTable(size);
  const requests = Array.from({ length: REQUESTS }, (_, index) => makeRequest(index, size));
  const patterns = (route.rules ?? []).map((rule) => ({ matches: compileEventPattern(rule.when), route: rule.route }));
  const engine = makeEngine(size);
  const random = Math.random;
  return {
    ours: (index: number) => {
      const features = requests[index % REQUESTS] as RequestFeatures;
      return plan({ request: features, table, route: selectRoute({ table, route, features }).route, random });
    },
    scan: (index: number) => {
      const features = requests[index % REQUESTS] as RequestFeatures;
      const rule = patterns.find(({ matches }) => matches(features));
      return plan({ request: features, table, route: rule ? (table.routes[rule.route] ?? route) : route, random });
    },
    engine: (index: number) => engine.run(factsOf(requests[index % REQUESTS] as RequestFeatures)),
  };
}

/** Every second request is taken by a rule, each time by another. */
function makeRequest(index: number, size: number): RequestFeatures {
  const rule = index % 2 === 0 ? (index * 31) % size : size + index;
  const kind = rule % 4;
  return readFeatures({
    content: {
      messages: [{ role: 'user', content: [{ text: kind === 3 ? `order ${rule}: where is it?` : 'What is the capital of France?' }] }],
    },
    tenant: kind === 0 ? `tenant-${rule}` : 'default',
    labels: { team: kind === 1 ? `team-${rule}` : 'none' },
  });
}

function makeEngine(size: number): Engine {
  const engine = new Engine([], { allowUndefinedFacts: true });
  for (let index = 0; index < size; index++) {
    engine.addRule({
      conditions: { all: [{ fact: 'tenant', operator: 'equal', value: `tenant-${index}` }] },
      event: { type: `route-${index}` },
    });
  }
  return engine;
}

function factsOf({ tenant, labels, inputModalities, hasTools, estimatedInputTokens, text }: RequestFeatures): Record<string, unknown> {
  return { tenant, labels, inputModalities, hasTools, estimatedInputTokens, text };
}

/** Nanoseconds per call. The results are summed up, so that no call can be left out as useless. */
function timePerCall(call: (index: number) => { targets: readonly unknown[] }, calls: number): number {
  let placed = 0;
  const startedAt = process.hrtime.bigint();
  for (let index = 0; index < calls; index++) placed += call(index).targets.length;
  const elapsed = Number(process.hrtime.bigint() - startedAt);
  if (placed < calls) throw new Error('some requests got no plan');
  return elapsed / calls;
}

async function timePerAsyncCall(call: (index: number) => Promise<unknown>, calls: number): Promise<number> {
  const startedAt = process.hrtime.bigint();
  for (let index = 0; index < calls; index++) await call(index);
  return Number(process.hrtime.bigint() - startedAt) / calls;
}
