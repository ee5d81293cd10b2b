import * as z from 'zod/mini';
import { connectJudge } from '../adapters/connect-judge.ts';
import { ProbeResult, ProbeTask } from '../probe-task.ts';
import { createRecordProbeResult, type NextStep } from '../record-probe-result.ts';

const { ports, judge } = connectJudge();
const recordProbeResult = createRecordProbeResult({ ...ports, judge });

/** What the task of the probe left; nothing where it failed for good. */
const Probed = z.object({ probe: z.optional(z.object({ result: ProbeResult })) });

/** A task of the state machine: its whole state in, its next state out. */
export async function handler(state: unknown): Promise<NextStep> {
  const { probe } = Probed.parse(state);
  return recordProbeResult(ProbeTask.parse(state), probe?.result ?? { kind: 'skipped' });
}
