import { createModelCaller } from '@signalbox/models';
import { countOutcomes, readEnvironment } from '@signalbox/runtime';
import { note } from '../adapters/note.ts';
import { createProbeBudget } from '../adapters/probe-budget.ts';
import { createReadTable } from '../adapters/table-in-force.ts';
import { createProbeTarget } from '../probe-target.ts';
import { type ProbeResult, ProbeTask } from '../probe-task.ts';

const environment = readEnvironment(['HEALTH_TABLE', 'DATA_BUCKET', 'PROBES_PER_HOUR']);
const probeTarget = createProbeTarget({
  readTable: createReadTable({ bucket: environment.DATA_BUCKET }),
  callModel: createModelCaller(),
  spend: createProbeBudget({ tableName: environment.HEALTH_TABLE, probesPerHour: Number(environment.PROBES_PER_HOUR) }),
  count: countOutcomes,
  note,
  now: Date.now,
});

/** A task of the state machine; a throw makes it try again, then skip this probe. */
export async function handler(task: unknown): Promise<ProbeResult> {
  return probeTarget(ProbeTask.parse(task));
}
