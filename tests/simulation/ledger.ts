import type { Attempt } from '@signalbox/contracts';
import { SIMPLE_TARGET, TARGET_IDS, type TargetId } from './fleet-table.ts';
import { InvariantError } from './invariants.ts';
import type { Ending, Message } from './worker-fleet.ts';

export type Ledger = ReturnType<typeof createLedger>;

/** A request is late to its producer after so long. */
const LATE_MS = 30_000;

/**
 * What producers saw, and where first tries went second by second. `counts`: whose requests' waiting is measured; a tenant whose requests
 * cannot be answered has no latency.
 */
export function createLedger({ start, seconds, counts }: { start: number; seconds: number; counts: (message: Message) => boolean }) {
  const firstTries = new Map(TARGET_IDS.map((id) => [id, new Uint32Array(seconds)]));
  const sum = { submitted: 0, counted: 0, attempts: 0, answered: 0, simple: 0, late: 0, lost: 0 };
  const ended: Record<string, number> = {};
  const waitsMs: number[] = [];
  const loudAttempts: number[] = [];

  return {
    sum,
    ended,
    waitsMs,
    /** Of each request that is not counted: how many attempts it took. */
    loudAttempts,
    firstTries,
    submit(message: Message): void {
      sum.submitted++;
      if (counts(message)) sum.counted++;
    },
    attempted(attempts: readonly Attempt[], second: (attempt: Attempt) => number): void {
      sum.attempts += attempts.length;
      for (const attempt of attempts) {
        const own = firstTries.get(attempt.target as TargetId);
        const at = second(attempt);
        if (attempt.firstDraw && own && at >= 0 && at < seconds) own[at] = (own[at] ?? 0) + 1;
      }
    },
    end(message: Message, ending: Ending, now: number): void {
      const kind = ending.kind === 'ended' ? ending.reason : ending.kind;
      ended[kind] = (ended[kind] ?? 0) + 1;
      if (ending.kind === 'answered' && now > message.deadline) throw new InvariantError(`${message.id} was answered after its deadline`);
      if (!counts(message)) return void loudAttempts.push(message.attempts);
      const waitMs = ending.kind === 'answered' ? now - message.sentAt : message.deadline - message.sentAt;
      waitsMs.push(waitMs);
      if (waitMs > LATE_MS) sum.late++;
      if (ending.kind !== 'answered') return void sum.lost++;
      sum.answered++;
      if (ending.by === SIMPLE_TARGET) sum.simple++;
    },
    /** Every request is accounted for, once. */
    check(unfinished: number): void {
      const over = Object.values(ended).reduce((all, one) => all + one, 0);
      if (over + unfinished !== sum.submitted)
        throw new InvariantError(
          `${sum.submitted} requests came, ${over} ended and ${unfinished} are under way (from ${new Date(start).toISOString()})`,
        );
    },
  };
}
