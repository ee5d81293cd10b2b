import {
  type Attempt,
  INFERENCE_SOURCE,
  OBSERVATION_BUCKET_MS,
  type ObservedAttempts,
  type OutgoingEvent,
  type RoutingTable,
  SCHEMA_VERSION,
  WITNESS_SLOTS,
} from '@signalbox/contracts';
import { hashSlot } from '../answer/hash-slot.ts';
import { tenantSlot } from '../answer/tenant-slot.ts';

/** At most two events a second per sandbox. */
const INTERVAL_MS = 500;
/** Latencies kept per observation; the count is exact all the same. */
const MAX_LATENCIES = 100;
const SECONDS = OBSERVATION_BUCKET_MS / 1_000;
/** Outcomes that the controller should hear of at once. */
const URGENT = new Set<Attempt['outcome']>(['faulted', 'throttled', 'not-ready', 'timed-out', 'model-error', 'malformed', 'misconfigured']);

export type AttemptsObserver = {
  observe(seen: { route: string; tenant: string; table: RoutingTable; attempt: Attempt }): void;
  /** Tells what is left, at the end of an invocation: at once when the interval allows; waits for it only when there is a fault to tell. */
  settle(): Promise<void>;
};

type Options = {
  publish: (event: OutgoingEvent) => Promise<void>;
  onError: (error: unknown) => void;
  sandbox: string;
  stage: string;
  now: () => number;
  newId: () => string;
  sleep: (ms: number) => Promise<void>;
};

/** Gathers what this sandbox saw of its targets and tells it as `AttemptsObserved`: at the first fault or throttle, otherwise after 500 ms. */
export function createAttemptsObserver({ publish, onError, sandbox, stage, now, newId, sleep }: Options): AttemptsObserver {
  let pending = new Map<string, ObservedAttempts>();
  let tableVersion = '';
  let hasUrgent = false;
  let toldAt = Number.NEGATIVE_INFINITY;
  let firstSeenAt = 0;
  let wakesAt = Number.POSITIVE_INFINITY;
  let telling: Promise<void> = Promise.resolve();
  let underWay = 0;

  function tell(): void {
    if (pending.size === 0) return;
    const observations = [...pending.values()];
    const at = now();
    pending = new Map();
    hasUrgent = false;
    toldAt = at;
    const metadata = { id: newId(), version: SCHEMA_VERSION, occurredAt: new Date(at).toISOString(), correlationId: sandbox };
    const event = {
      source: INFERENCE_SOURCE,
      detailType: 'AttemptsObserved',
      detail: { metadata, data: { sandbox, stage, tableVersion, observations } },
    };
    const before = underWay > 0 ? telling : undefined;
    const told = send(event);
    telling = before ? Promise.all([before, told]).then(() => undefined) : told;
  }

  async function send(event: OutgoingEvent): Promise<void> {
    underWay++;
    try {
      await publish(event);
    } catch (error) {
      // Health is a rate over many sandboxes: one lost report is reported itself, and costs no customer anything.
      onError(error);
    } finally {
      underWay--;
    }
  }

  /** When what is pending is to be told: a fault as soon as the interval allows, the rest half a second after the first of it. */
  function dueAt(): number {
    return hasUrgent ? toldAt + INTERVAL_MS : Math.max(toldAt, firstSeenAt) + INTERVAL_MS;
  }

  function tellWhenDue(): void {
    if (pending.size === 0) return;
    const due = dueAt();
    const wait = due - now();
    if (wait <= 0) tell();
    if (wait <= 0 || due >= wakesAt) return;
    wakesAt = due;
    void sleep(wait).then(() => {
      wakesAt = Number.POSITIVE_INFINITY;
      tellWhenDue();
    });
  }

  return {
    observe({ route, tenant, table, attempt }) {
      if (pending.size === 0) firstSeenAt = now();
      tableVersion = table.version;
      add(pending, { attempt, route, tenantSlot: tenantSlot(tenant), definition: table.targets[attempt.target]?.definition ?? '' });
      hasUrgent ||= URGENT.has(attempt.outcome);
      tellWhenDue();
    },
    async settle() {
      const wait = toldAt + INTERVAL_MS - now();
      if (wait <= 0) tell();
      else if (hasUrgent) {
        await sleep(wait);
        tell();
      }
      await telling;
    },
  };
}

type Seen = { attempt: Attempt; route: string; tenantSlot: number; definition: string };

function add(pending: Map<string, ObservedAttempts>, seen: Seen): void {
  const { attempt, route, definition } = seen;
  const bucketStart = Math.floor(attempt.startedAt / OBSERVATION_BUCKET_MS) * OBSERVATION_BUCKET_MS;
  const slow = attempt.slow ?? false;
  const key = [attempt.target, definition, route, bucketStart, attempt.outcome, slow, attempt.originalStatus, seen.tenantSlot].join('|');
  const observed = pending.get(key) ?? {
    target: attempt.target,
    definition,
    route,
    bucketStart,
    outcome: attempt.outcome,
    slow,
    ...(attempt.originalStatus === undefined ? {} : { originalStatus: attempt.originalStatus }),
    tenantSlot: seen.tenantSlot,
    count: 0,
    latenciesMs: [],
    bySecond: new Array<number>(SECONDS).fill(0),
  };
  pending.set(key, observed);
  addAttempt(observed, attempt);
}

function addAttempt(observed: ObservedAttempts, { attemptId, startedAt, durationMs, firstTokenMs, outcome }: Attempt): void {
  const { bySecond = [], latenciesMs } = observed;
  const second = Math.floor((startedAt - observed.bucketStart) / 1_000);
  observed.count++;
  bySecond[second] = (bySecond[second] ?? 0) + 1;
  if (latenciesMs.length < MAX_LATENCIES) latenciesMs.push(Math.round(durationMs));
  if (firstTokenMs !== undefined && (observed.firstTokensMs?.length ?? 0) < MAX_LATENCIES)
    observed.firstTokensMs = [...(observed.firstTokensMs ?? []), Math.round(firstTokenMs)];
  if (outcome !== 'succeeded' || observed.slow) observed.witnesses = [...new Set([...(observed.witnesses ?? []), witnessOf(attemptId)])];
}

/** The slot of an attempt's request: however often that one is tried, it is one witness. */
function witnessOf(attemptId: string): number {
  return hashSlot(attemptId.slice(0, attemptId.lastIndexOf('#')), WITNESS_SLOTS);
}
