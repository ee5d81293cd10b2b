import type { Attempt, CallModel, RoutingTarget } from '@signalbox/contracts';
import { type FleetHealth, restoreFleet } from '@signalbox/controller/health';
import type { StoredFleet } from '@signalbox/controller/service';
import { createBus } from './bus.ts';
import { createFleetController } from './fleet-controller.ts';
import { ATTEMPT_MS, makeFleetTable, SLOW_MS, type TargetId } from './fleet-table.ts';
import { forgeEvents } from './forge-events.ts';
import type { TablesWatch } from './health-tables.ts';
import { checkOverlay, checkStates } from './invariants.ts';
import { keepTruth } from './keep-truth.ts';
import { createLedger } from './ledger.ts';
import { randomStream } from './random.ts';
import { recordStory } from './record-story.ts';
import { sampleEjections } from './sample-ejections.ts';
import { createSandbox } from './sandbox.ts';
import type { Scenario } from './scenarios.ts';
import { DEADLINE_MS, sendRequests, tenantOf } from './send-requests.ts';
import { createVirtualTime, type VirtualTime } from './virtual-time.ts';
import { createWeather } from './weather.ts';
import { createWorkerFleet, type Message, VISIBILITY_MS } from './worker-fleet.ts';

/** 21 September 2026, 15:33:20 UTC; any time would do. */
const START = 1_790_000_000_000;

type Stream = (part: string) => () => number;
type Ground = { scenario: Scenario; time: VirtualTime; second: () => number; stream: Stream; table: ReturnType<typeof makeFleetTable> };

/** Everything of a run, wired: producers, queue, processes, models, bus, controller and recoveries, each with its own source of chance. */
export function createWorld(scenario: Scenario, seed: number) {
  const time = createVirtualTime(START);
  const second = () => (time.now() - START) / 1_000;
  const ground: Ground = { scenario, time, second, stream: (part) => randomStream(seed, part), table: makeFleetTable() };
  const ledger = createLedger({ start: START, seconds: scenario.seconds, counts: ({ tenant }) => tenant !== scenario.loudTenant?.name });
  const models = createModels(ground);
  const control = createControl(ground, { models, checkLedger: () => ledger.check(fleet.unfinished()) });
  const fleet = createFleet(ground, { callModel: models.callModel, control, ledger });
  const send = (message: Message) => {
    ledger.submit(message);
    fleet.send(message);
  };
  sendRequests({ time, start: START, scenario, random: ground.stream('arrivals'), send });
  const falselyOut = sampleEjections({ time, start: START, scenario, table: ground.table, workers: fleet.workers });
  return {
    second,
    ledger,
    story: control.story,
    falselyOut,
    shares: control.shares,
    counts: () => ({ requests: ledger.sum.submitted, ...fleet.counts(), ...control.counts() }),
    /** Until every request has ended. */
    async run(): Promise<void> {
      await time.runUntil(START + scenario.seconds * 1_000 + DEADLINE_MS + ATTEMPT_MS + VISIBILITY_MS);
      ledger.check(0);
    },
  };
}

type Models = ReturnType<typeof createModels>;

/** The models, as requests and as our own probes call them. */
function createModels({ scenario: { spells, requestsPerSecond }, time, second, stream }: Ground) {
  const weather = createWeather({ spells, requestsPerSecond, random: stream('weather') });
  const truth = keepTruth(time.now);
  const callModel: CallModel = async ({ target, content, limits: { totalMs }, synthetic = false }) => {
    const tenant = synthetic ? undefined : tenantOf(content);
    const { reply, takesMs } = weather({ target: target.id as TargetId, second: second(), tenant, totalMs, isProbe: synthetic });
    await time.sleep(takesMs);
    truth.note(target as RoutingTarget, reply, takesMs > SLOW_MS);
    return reply;
  };
  return { truth, callModel };
}

type Control = ReturnType<typeof createControl>;

/** The controller with its tables, its recoveries and the bus that feeds it. */
function createControl(
  { scenario, time, second, stream, table }: Ground,
  { models, checkLedger }: { models: Models; checkLedger: () => void },
) {
  const story = recordStory({ scenario, table, second });
  const truth = scenario.flood ? undefined : models.truth.of;
  let states: FleetHealth = { targets: {} };
  const orEnd = (check: () => void) => {
    // Whoever writes would take it for an error of the table.
    try {
      check();
    } catch (error) {
      time.fail(error);
    }
  };
  const noteFleet = ({ text }: StoredFleet) => {
    const current = restoreFleet(text).fleet;
    checkStates({ previous: states, current, counted: controller.buckets, truth });
    story.noteStates(states, current);
    states = current;
    checkLedger();
  };
  const watch: TablesWatch = {
    onFleet: (written) => orEnd(() => noteFleet(written)),
    onOverlay: ({ overlay: next, fleetVersion }, before) =>
      orEnd(() => {
        const previous = before?.overlay && { next: before.overlay, fleetVersion: before.fleetVersion };
        if (next) checkOverlay({ next, fleetVersion }, previous, table);
        if (next) story.noteOverlay(next);
      }),
  };
  const controller = createFleetController({ time, second, table, trouble: scenario, stream, callModel: models.callModel, watch });
  const bus = createBus({ time, start: START, random: stream('bus'), trouble: scenario.bus, deliver: controller.deliver });
  forgeEvents({ time, start: START, flood: scenario.flood, table, random: stream('forgeries'), send: bus.send });
  return {
    story,
    publish: bus.publish,
    readOverlay: controller.readOverlay,
    counts: controller.counts,
    /** What the last overlay leaves each target that it names. */
    shares: () => Object.entries(controller.readOverlay()?.targets ?? {}).map(([key, { share, reason }]) => ({ key, share, reason })),
  };
}

type Parts = { callModel: CallModel; control: Control; ledger: ReturnType<typeof createLedger> };

/** The queue and its processes. */
function createFleet({ scenario, time, second, stream, table }: Ground, { callModel, control, ledger }: Parts) {
  const routing = stream('routing');
  const clocks = stream('sandboxes');
  const crashes = stream('worker crashes');
  const { workerCrashes = 0, skewSeconds = 0 } = scenario;
  const { publish, readOverlay } = control;
  let started = 0;
  const startSandbox = () => {
    const skewMs = Math.round((2 * clocks() - 1) * skewSeconds * 1_000);
    return createSandbox({ name: `p${started++}`, time, skewMs, table, random: routing, callModel, publish, readOverlay });
  };
  return createWorkerFleet({
    time,
    random: stream('workers'),
    processes: scenario.processes,
    startSandbox,
    isCrashing: () => workerCrashes > 0 && crashes() < workerCrashes,
    // By the true time: a process's own clock may be off.
    onAttempts: (attempts) => ledger.attempted(attempts, (attempt) => Math.floor(second() - secondsBeforeEnd(attempts, attempt))),
    onEnd: (message, ending) => ledger.end(message, ending, time.now()),
  });
}

/** How long before the end of the receive an attempt began. */
function secondsBeforeEnd(attempts: readonly Attempt[], attempt: Attempt): number {
  const last = attempts.at(-1);
  return last ? (last.startedAt + last.durationMs - attempt.startedAt) / 1_000 : 0;
}
