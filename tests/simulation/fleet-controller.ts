import type { CallModel, OutgoingEvent, RoutingTable } from '@signalbox/contracts';
import {
  createCountBatch,
  createJudge,
  createKeepJudged,
  createProbeTarget,
  createRecordProbeResult,
  createSeenEvents,
  type ObservedMessage,
  rememberBuckets,
} from '@signalbox/controller/service';
import { UnavailableError } from '@signalbox/runtime/errors';
import { countControl } from './count-control.ts';
import { createExecutions } from './executions.ts';
import { type Access, createHealthTables, type TablesWatch } from './health-tables.ts';
import { type Mail, readMail } from './mail.ts';
import { createObservationsQueue } from './observations-queue.ts';
import { createOwnParts, isExpected } from './own-parts.ts';
import type { OwnTrouble } from './own-trouble.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

type Options = {
  time: VirtualTime;
  second: () => number;
  table: RoutingTable;
  trouble: OwnTrouble;
  stream: (part: string) => Random;
  callModel: CallModel;
  watch: TablesWatch;
};

/** The schedule that judges also when no events come. */
const SCHEDULE_MS = 60_000;

/** The controller as it is deployed, over tables, a queue and a state machine in memory. */
export function createFleetController({ time, second, table, trouble, stream, callModel, watch }: Options) {
  const random = stream('controller');
  const parts = createOwnParts({ time, second, trouble, random: stream('own trouble') });
  const tables = createHealthTables({ now: time.now, watch, isTurnLost: parts.isTurnLost });
  const { counts, count } = countControl();

  /** What each function is made of. */
  const connect = (access: Access) => {
    const stores = tables.reach(access);
    const ports = {
      ...stores,
      counters: { add: stores.counters.add, ...rememberBuckets({ counters: stores.counters, now: time.now }) },
      stage: 'simulation',
      now: time.now,
      random,
      sleep: time.sleep,
      readTable: async () => table,
      // Nobody in the simulation listens to what the controller tells.
      publish: async (_event: OutgoingEvent) => undefined,
      startExecution: (execution: { name: string; input: object }) => executions.start(execution),
      note: () => undefined,
      count,
    };
    const judge = createJudge(ports);
    return { ports, judge, keepJudged: createKeepJudged({ ...ports, judge }) };
  };

  /** A judgement that fails is made by the next turn, as the functions have it. */
  const inTime = async (judge: () => Promise<unknown>): Promise<void> => {
    try {
      await judge();
    } catch (error) {
      if (!isExpected(error)) throw error;
      counts.failedJudgements++;
    }
  };

  const startContainer = (onDeath: () => void) => {
    const { access, beginInvocation } = parts.mortalAccess(onDeath);
    const { ports, keepJudged } = connect(access);
    const countBatch = createCountBatch({ ...ports, seen: createSeenEvents(), readEvent: readMail });
    return async (messages: readonly (ObservedMessage & Mail)[]) => {
      beginInvocation();
      const { failures, isUrgent, metrics } = await countBatch(messages);
      count(metrics);
      await inTime(isUrgent ? keepJudged.atOnce : keepJudged.tick);
      return new Set(failures.keys());
    };
  };

  const recorder = connect(parts.access);
  const record = createRecordProbeResult({ ...recorder.ports, judge: recorder.judge });
  const executions = createExecutions({
    time,
    random: stream('executions'),
    killed: trouble.killedRecoveries ?? 0,
    probe: createProbeTarget({ ...recorder.ports, callModel, spend: async () => true }),
    record: async (task, result) => {
      if (parts.isAway()) throw new UnavailableError({ message: 'The controller of the simulation is away.' });
      return record(task, result);
    },
  });

  const { keepJudged } = connect(parts.access);
  const judgeByTheMinute = () => {
    if (!parts.isAway()) time.spawn(inTime(keepJudged.tick));
    time.at(time.now() + SCHEDULE_MS, judgeByTheMinute);
  };
  time.at(time.now() + random() * SCHEDULE_MS, judgeByTheMinute);
  const queue = createObservationsQueue({ time, startContainer, isAway: parts.isAway });

  return {
    deliver: queue.send,
    readOverlay: tables.overlay,
    buckets: tables.buckets,
    counts: () => ({ ...counts, ...queue.counts, ...executions.counts }),
  };
}
