import type { NextStep, ProbeResult, ProbeTask } from '@signalbox/controller/service';
import { UnavailableError } from '@signalbox/runtime/errors';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

type Options = {
  time: VirtualTime;
  random: Random;
  /** Chance of an execution to be stopped at each of its steps. */
  killed: number;
  probe: (task: ProbeTask) => Promise<ProbeResult>;
  record: (task: ProbeTask, result: ProbeResult) => Promise<NextStep>;
};

/** From the order to the first state of its execution. */
const START_MS = 200;
/** As the state machine's definition has them. */
const FIRST_RETRY_MS = 2_000;
const PROBE_RETRIES = 2;
const RECORD_RETRIES = 3;

/** The state machine of probes: wait, probe, record, until the record says that it is over. A name that was used starts nothing. */
export function createExecutions({ time, random, killed, probe, record }: Options) {
  const names = new Set<string>();
  const counts = { executions: 0, killed: 0, failed: 0 };

  async function run(first: ProbeTask): Promise<void> {
    await time.sleep(START_MS);
    for (let task: ProbeTask | undefined = first; task; ) {
      await time.sleep(Date.parse(task.probeAt) - time.now());
      if (isKilled()) return;
      const due: ProbeTask = task;
      const result: ProbeResult = (await retried(() => probe(due), PROBE_RETRIES)) ?? { kind: 'skipped' as const };
      if (isKilled()) return;
      const step: NextStep | undefined = await retried(() => record(due, result), RECORD_RETRIES);
      if (!step) return void counts.failed++;
      task = step.next === 'probe' ? step : undefined;
    }
  }

  function isKilled(): boolean {
    const isSo = killed > 0 && random() < killed;
    if (isSo) counts.killed++;
    return isSo;
  }

  /** Undefined when it failed each time. */
  async function retried<Result>(work: () => Promise<Result>, retries: number): Promise<Result | undefined> {
    for (let tried = 0; tried <= retries; tried++) {
      try {
        return await work();
      } catch (error) {
        const failures = error instanceof AggregateError ? error.errors : [error];
        if (!failures.every((one) => one instanceof UnavailableError)) throw error;
        if (tried < retries) await time.sleep(FIRST_RETRY_MS * 2 ** tried);
      }
    }
    return undefined;
  }

  return {
    counts,
    async start({ name, input }: { name: string; input: object }): Promise<'started' | 'exists'> {
      if (names.has(name)) return 'exists';
      names.add(name);
      counts.executions++;
      time.spawn(run(input as ProbeTask));
      return 'started';
    },
  };
}
