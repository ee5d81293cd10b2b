import { createHash } from 'node:crypto';
import { OutcomeKind } from '@signalbox/contracts';
import * as z from 'zod/mini';
import type { FleetEvaluation } from './health/index.ts';

/** One execution makes at most so many probes; the controller's watch over recoveries then starts the next one. */
const PROBES_PER_EXECUTION = 50;

const target = {
  /** `<target id>@<definition>`. */
  key: z.string(),
  id: z.string(),
  /** ISO 8601: not before. */
  probeAt: z.iso.datetime(),
  probesLeft: z.int().check(z.gte(1)),
};

/** What an execution is about: bringing a target back, or evidence where customers' requests are too few to judge by. */
export const ProbeTask = z.discriminatedUnion('purpose', [
  z.object({ purpose: z.literal('recovery'), ...target, seq: z.int(), run: z.int() }),
  z.object({ purpose: z.literal('evidence'), ...target, gapMs: z.int() }),
]);
export type ProbeTask = z.infer<typeof ProbeTask>;

/** What a probe came to. */
export const ProbeResult = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('probed'),
    outcome: OutcomeKind,
    slow: z.boolean(),
    originalStatus: z.optional(z.int()),
    /** Milliseconds since the epoch. */
    startedAt: z.int(),
    latencyMs: z.int(),
  }),
  /** The routing table has no such target any more. */
  z.object({ kind: z.literal('gone') }),
  /** Not made: the hour's probes are used up, or the function that makes them failed. */
  z.object({ kind: z.literal('skipped') }),
]);
export type ProbeResult = z.infer<typeof ProbeResult>;

type Execution = { name: string; input: ProbeTask };

/** The execution of a recovery: for the same state and run always the same name. */
export function toRecovery({ key, id, seq, run, probeAt }: FleetEvaluation['recoveries'][number]): Execution {
  const input: ProbeTask = { purpose: 'recovery', key, id, seq, run, probeAt: toIso(probeAt), probesLeft: PROBES_PER_EXECUTION };
  return { name: nameOf('recovery', key, seq, run), input };
}

/** The execution of an order of probes; one target is given one at a time at most. */
export function toEvidence({ key, id, count, gapMs }: FleetEvaluation['probes'][number], now: number): Execution {
  return {
    name: nameOf('evidence', key, now),
    input: { purpose: 'evidence', key, id, probeAt: toIso(now), probesLeft: count, gapMs },
  };
}

/** Step Functions takes 80 characters of a name, without `@`. */
function nameOf(purpose: string, ...parts: readonly (string | number)[]): string {
  return `${purpose}-${createHash('sha256').update(parts.join('#')).digest('hex').slice(0, 40)}`;
}

export function toIso(time: number): string {
  return new Date(time).toISOString();
}
