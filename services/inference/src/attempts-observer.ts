import {
  type Attempt,
  INFERENCE_SOURCE,
  OBSERVATION_BUCKET_MS,
  type ObservedAttempts,
  type OutgoingEvent,
  type RoutingTable,
  SCHEMA_VERSION,
} from '@signalbox/contracts';
import { tenantSlot } from '@signalbox/routing';

/** At most two events a second per sandbox. */
const INTERVAL_MS = 500;
/** Latencies kept per observation; the count is exact all the same. */
const MAX_LATENCIES = 100;
/** Outcomes that the controller should hear of at once. */
const URGENT = new Set<Attempt['outcome']>(['faulted', 'throttled', 'not-ready', 'timed-out', 'model-error', 'malformed', 'misconfigured']);

export type AttemptsObserver = {
  observe(seen: { route: string; tenant: string; table: RoutingTable; attempts: readonly Attempt[] }): void;
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
    observe({ route, tenant, table, attempts }) {
      if (pending.size === 0) firstSeenAt = now();
      tableVersion = table.version;
      for (const attempt of attempts) {
        add(pending, { attempt, route, tenantSlot: tenantSlot(tenant), definition: table.targets[attempt.target]?.definition ?? '' });
        hasUrgent ||= URGENT.has(attempt.outcome);
      }
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

function add(
  pending: Map<string, ObservedAttempts>,
  seen: { attempt: Attempt; route: string; tenantSlot: number; definition: string },
): void {
  const { attempt, route, definition } = seen;
  const bucketStart = Math.floor(attempt.startedAt / OBSERVATION_BUCKET_MS) * OBSERVATION_BUCKET_MS;
  const slow = attempt.slow ?? false;
  const key = [attempt.target, definition, route, bucketStart, attempt.outcome, slow, attempt.originalStatus, seen.tenantSlot].join('|');
  const known = pending.get(key);
  const latencyMs = Math.round(attempt.durationMs);
  if (known) {
    known.count++;
    if (known.latenciesMs.length < MAX_LATENCIES) known.latenciesMs.push(latencyMs);
    if (attempt.firstTokenMs !== undefined && (known.firstTokensMs?.length ?? 0) < MAX_LATENCIES)
      known.firstTokensMs = [...(known.firstTokensMs ?? []), Math.round(attempt.firstTokenMs)];
    return;
  }
  pending.set(key, {
    target: attempt.target,
    definition,
    route,
    bucketStart,
    outcome: attempt.outcome,
    slow,
    ...(attempt.originalStatus === undefined ? {} : { originalStatus: attempt.originalStatus }),
    tenantSlot: seen.tenantSlot,
    count: 1,
    latenciesMs: [latencyMs],
    ...(attempt.firstTokenMs === undefined ? {} : { firstTokensMs: [Math.round(attempt.firstTokenMs)] }),
  });
}
