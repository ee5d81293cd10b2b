import { setTimeout as sleep } from 'node:timers/promises';
import { type RoutingOverlay, RoutingTable, type StackFile } from '@signalbox/contracts';
import { type OverlayReaders, startOverlayReaders } from './overlay-readers.ts';
import { percentile } from './percentile.ts';
import type { Row } from './report.ts';
import { routingTableJson } from './routing-table.ts';
import { type SeenCall, simulatorLevers } from './simulator-levers.ts';
import { type SlowObservations, slowObservations } from './slow-observations.ts';
import { startEmbeddedStack } from './start-embedded-stack.ts';
import { type SteadyTraffic, startTraffic } from './steady-traffic.ts';

const SANDBOXES = 16;
/** So few that a machine which does other things beside it keeps up; under more, what is measured is the machine. */
const REQUESTS_PER_SECOND = 6;
/** The first choice of each route; one after another goes down, so that none begins with the evidence of a round before. */
const ROUNDS = [
  { route: 'quality', target: 'haiku' },
  { route: 'default', target: 'nova-lite' },
] as const;
const LAST = 'nova-lite';
/** Sixteen sandboxes start at once, on the cores that everything shares. */
const COLD_STARTS_MS = 15_000;
const WARM_UP_MS = 10_000;
const DETECT_WITHIN_MS = 30_000;
/** How long the last target stays down after every reader knows of it. */
const DOWN_FOR_MS = 10_000;
const RECOVER_WITHIN_MS = 90_000;
const LIMITS = { p50Ms: 2_000, p99Ms: 4_000, firstTrafficMs: 30_000, fullShareMs: 60_000, probesPerSecond: 1 };

type Round = { target: string; readMs: number[]; failures: number; leftMs: number; sandboxes: number };
type Recovery = {
  firstTrafficMs: number | undefined;
  fullShareMs: number | undefined;
  mostProbesASecond: number;
  probes: number;
  ejections: number;
};

/** How soon a fleet learns that a target is down, and how it comes back: the embedded stack with its real handlers, and the delays of AWS between bus and controller. */
export async function fleetRows(): Promise<Row[]> {
  const running = await startEmbeddedStack();
  try {
    return await measureFleet(running.stack);
  } finally {
    await running.stop();
  }
}

async function measureFleet(stack: StackFile): Promise<Row[]> {
  const observations = await slowObservations(stack);
  const readers = await startOverlayReaders(stack, SANDBOXES);
  const traffic = startTraffic(stack, REQUESTS_PER_SECOND);
  const levers = simulatorLevers(stack);
  const table = RoutingTable.parse(JSON.parse(routingTableJson()));
  const modelIdOf = (target: string) => table.targets[target]?.modelId ?? '';
  await sleep(COLD_STARTS_MS);
  const rounds: Round[] = [];
  for (const { route, target } of ROUNDS) {
    rounds.push(await takeDown({ route, target, modelId: modelIdOf(target), traffic, readers, observations, levers }));
    if (target !== LAST) await levers.heal(modelIdOf(target));
  }
  await sleep(DOWN_FOR_MS);
  const recovery = await watchRecovery({ target: LAST, modelId: modelIdOf(LAST), readers, levers });
  await traffic.stop();
  await readers.stop();
  await observations.stop();
  return [...detectionRows(rounds), ...recoveryRows(recovery)];
}

type Scene = {
  route: string;
  target: string;
  modelId: string;
  traffic: SteadyTraffic;
  readers: OverlayReaders;
  observations: SlowObservations;
  levers: ReturnType<typeof simulatorLevers>;
};

async function takeDown({ route, target, modelId, traffic, readers, observations, levers }: Scene): Promise<Round> {
  traffic.turnTo(route);
  await sleep(WARM_UP_MS);
  await levers.forget();
  const sandboxes = observations.sandboxesSince(Date.now() - WARM_UP_MS / 2);
  await levers.break(modelId, { kind: 'error', status: 503 });
  const readAt = await readers.untilEachReads((overlay) => shareOf(overlay, target) <= 0.02, DETECT_WITHIN_MS);
  const failed = (await levers.calls(modelId)).filter(isFailure);
  const firstAt = failed[0]?.at;
  if (firstAt === undefined)
    throw new Error(`nobody called ${modelId} within ${DETECT_WITHIN_MS} ms, although route ${route} has it first`);
  const readMs = readAt.map((at) => at - firstAt);
  while (readMs.length < SANDBOXES) readMs.push(Number.POSITIVE_INFINITY);
  return { target, readMs, failures: failed.length, leftMs: timeUntilLeft(failed), sandboxes };
}

/** How long after the first failed call nine of ten had been made, in milliseconds: from then on the sandboxes had mostly left. */
function timeUntilLeft(failed: readonly SeenCall[]): number {
  return percentile(
    failed.map(({ at }) => at - (failed[0]?.at ?? at)),
    0.9,
  );
}

type RecoveryScene = Pick<Scene, 'target' | 'modelId' | 'readers' | 'levers'>;

async function watchRecovery({ target, modelId, readers, levers }: RecoveryScene): Promise<Recovery> {
  const healedAt = Date.now();
  await levers.heal(modelId);
  let ejections = 0;
  let wasOpen = isOpenIn(readers.newest(), target);
  let fullShareMs: number | undefined;
  while (Date.now() - healedAt < RECOVER_WITHIN_MS && fullShareMs === undefined) {
    const overlay = readers.newest();
    const isOpen = isOpenIn(overlay, target);
    if (isOpen && !wasOpen) ejections++;
    wasOpen = isOpen;
    if (overlay && shareOf(overlay, target) === 1) fullShareMs = Date.now() - healedAt;
    await sleep(20);
  }
  const calls = await levers.calls(modelId);
  const probes = calls.filter(({ synthetic }) => synthetic);
  const served = calls.find(({ at, synthetic, status }) => at >= healedAt && !synthetic && status === 200);
  const perSecond = Map.groupBy(probes, ({ at }) => Math.floor(at / 1_000));
  return {
    firstTrafficMs: served && served.at - healedAt,
    fullShareMs,
    mostProbesASecond: Math.max(0, ...[...perSecond.values()].map(({ length }) => length)),
    probes: probes.length,
    ejections,
  };
}

function isFailure({ synthetic, status }: SeenCall): boolean {
  return !synthetic && status === 503;
}

/** A target that the overlay does not name has all of its traffic. */
function shareOf(overlay: RoutingOverlay, target: string): number {
  return entryOf(overlay, target)?.share ?? 1;
}

function isOpenIn(overlay: RoutingOverlay | undefined, target: string): boolean {
  return overlay !== undefined && entryOf(overlay, target)?.state === 'open';
}

function entryOf({ targets }: RoutingOverlay, target: string) {
  return Object.entries(targets).find(([key]) => key.startsWith(`${target}@`))?.[1];
}

function detectionRows(rounds: readonly Round[]): Row[] {
  const all = rounds.flatMap(({ readMs }) => readMs);
  const [p50, p99] = [percentile(all, 0.5), percentile(all, 0.99)];
  const sandboxes = rounds.map((round) => round.sandboxes);
  return [
    {
      budget: 'P8',
      what: 'fleet: first fault to overlay read by a sandbox, p50',
      measured: seconds(p50),
      limit: `<= ${seconds(LIMITS.p50Ms)}`,
      isMet: p50 <= LIMITS.p50Ms,
      how: `${rounds.length} targets one after another x ${SANDBOXES} readers, ${REQUESTS_PER_SECOND} req/s on ${Math.min(...sandboxes)} to ${Math.max(...sandboxes)} sandboxes; delays of bus and queue injected`,
    },
    {
      budget: 'P8',
      what: '  p99',
      measured: seconds(p99),
      limit: `<= ${seconds(LIMITS.p99Ms)}`,
      isMet: p99 <= LIMITS.p99Ms,
      how: 'the slowest of them',
    },
    {
      budget: 'P8',
      what: '  per target: median, failed calls, when nine of ten of them had been made',
      measured: rounds
        .map(({ target, readMs, failures, leftMs }) => `${target} ${seconds(percentile(readMs, 0.5))}, ${failures}, ${seconds(leftMs)}`)
        .join(' | '),
      how: 'until the overlay says so, each sandbox goes by what it saw itself',
    },
  ];
}

function recoveryRows({ firstTrafficMs, fullShareMs, mostProbesASecond, probes, ejections }: Recovery): Row[] {
  const within = (what: string, ms: number | undefined, limitMs: number, how: string): Row => ({
    budget: 'P8',
    what,
    measured: ms === undefined ? `not within ${seconds(RECOVER_WITHIN_MS)}` : seconds(ms),
    limit: `<= ${seconds(limitMs)}`,
    isMet: ms !== undefined && ms <= limitMs,
    how,
  });
  return [
    within(
      'recovery: first request served after healing',
      firstTrafficMs,
      LIMITS.firstTrafficMs,
      "of customers, as the simulator saw it; a sandbox's own trial counts",
    ),
    within('recovery: full share after healing', fullShareMs, LIMITS.fullShareMs, 'as the readers read it'),
    {
      budget: 'P8',
      what: 'recovery: most probes of the target in a second',
      measured: String(mostProbesASecond),
      limit: `<= ${LIMITS.probesPerSecond}`,
      isMet: mostProbesASecond <= LIMITS.probesPerSecond,
      how: `${probes} in all`,
    },
    {
      budget: 'P8',
      what: 'recovery: ejected after healing (flaps)',
      measured: String(ejections),
      limit: '0',
      isMet: ejections === 0,
      how: 'until full share',
    },
  ];
}

function seconds(ms: number): string {
  if (!Number.isFinite(ms)) return `not within ${seconds(DETECT_WITHIN_MS)}`;
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}
