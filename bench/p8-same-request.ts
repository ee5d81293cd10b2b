import { setTimeout as sleep } from 'node:timers/promises';
import type { RoutingTable } from '@signalbox/contracts';
import { createAnswer, readFeatures } from '@signalbox/routing';
import { withFaultyModels } from './adapter-replies.ts';
import { FAULTS, type FaultName } from './faulty-models.ts';
import { median } from './median.ts';
import { percentile } from './percentile.ts';
import type { Row } from './report.ts';
import { messages } from './sample-conversation.ts';

const REQUESTS = 40;
const ROUTE = 'default';
const PRIMARY = 'nova-lite';
const LIMIT_MS = 2;
/** In place of the route's ten seconds, so that a request that hangs takes no longer; a busy machine answers within it. */
const FIRST_TOKEN_MS = 500;

type Gap = { fault: FaultName; gapMs: number; retriedMs: number };

/**
 * From a target's failure to the call of the next one, over HTTP, as the models see it: each request by a process that knows nothing yet.
 * A model that never answers fails when its time is over, which the models do not see.
 */
export async function sameRequestRows(table: RoutingTable): Promise<Row[]> {
  const gaps = await withFaultyModels(async ({ models, callModel }) => {
    const route = table.routes[ROUTE];
    const target = table.targets[PRIMARY];
    if (!route || !target) throw new Error(`the default policy has no route ${ROUTE} or no target ${PRIMARY}`);
    const hasty = { ...route, limits: { ...route.limits, firstTokenMs: FIRST_TOKEN_MS } };
    const content = { messages };
    const features = readFeatures({ content, tenant: 'default' });
    const ask = async (index: number, asked: typeof route) => {
      // Warm connections, as in a process that works.
      const answer = createAnswer({ callModel, now: Date.now, random: Math.random, sleep });
      const endsAt = Date.now() + 60_000;
      const result = await answer({
        id: `r${index}`,
        content,
        features,
        table,
        route: asked,
        endsAt,
        signal: new AbortController().signal,
      });
      if (result.kind !== 'answered') throw new Error(`request ${index} was not answered: ${JSON.stringify(result)}`);
    };
    for (let index = 0; index < 2 * REQUESTS; index++) await ask(index, route);
    const measured: Gap[] = [];
    for (let index = 0; index < REQUESTS * FAULTS.length; index++) {
      const fault = FAULTS[index % FAULTS.length] as FaultName;
      models.set(target.modelId, fault);
      models.calls.length = 0;
      await ask(index, fault === 'blackHole' ? hasty : route);
      const failed = models.calls.filter(({ modelId }) => modelId === target.modelId);
      const [first, last] = [failed[0], failed.at(-1)];
      const next = models.calls.find(({ modelId }) => modelId !== target.modelId);
      if (!first || !last || !next) throw new Error(`a request did not go on from a target with the fault ${fault}`);
      const failedAt = fault === 'blackHole' ? last.cameAt + FIRST_TOKEN_MS : last.answeredAt;
      measured.push({ fault, gapMs: next.cameAt - failedAt, retriedMs: last.cameAt - first.cameAt });
    }
    return measured;
  });
  return FAULTS.map((fault) =>
    toRow(
      fault,
      gaps.filter((gap) => gap.fault === fault),
    ),
  );
}

function toRow(fault: FaultName, gaps: readonly Gap[]): Row {
  const all = gaps.map(({ gapMs }) => gapMs);
  const retried = gaps.filter(({ retriedMs }) => retriedMs > 0);
  const before =
    retried.length > 0
      ? `; ${retried.length} of ${gaps.length} tried the target twice, ${median(retried.map(({ retriedMs }) => retriedMs)).toFixed(0)} ms apart`
      : '';
  return {
    budget: 'P8',
    what: `same request, ${fault}: last failure of a target to the next one's call`,
    measured: `${median(all).toFixed(2)} ms`,
    limit: `<= ${LIMIT_MS} ms`,
    isMet: median(all) <= LIMIT_MS,
    how: `median, p99 ${percentile(all, 0.99).toFixed(1)} ms${before}`,
  };
}
