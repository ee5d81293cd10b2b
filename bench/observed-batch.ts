import { randomUUID } from 'node:crypto';
import { OBSERVATION_BUCKET_MS, type ObservedAttempts, TENANT_SLOTS } from '@signalbox/contracts';
import type { SQSEvent } from 'aws-lambda';

/** What one sandbox saw within half a second: `route` on two targets for anybody, `tenant` the same for one tenant, `spread` each on another target. */
export type EventShape = 'route' | 'tenant' | 'spread';

export const ATTEMPTS_PER_EVENT = 10;
export const EVENTS_PER_BATCH = 10;

export type ObservedBatch = {
  event: SQSEvent;
  /** How many pairs of target and bucket the batch tells of. */
  changes: number;
};

/** A batch of the observations queue: AttemptsObserved in EventBridge's envelope, all of attempts that were answered. */
export function observedBatch({ targets, shape }: { targets: number; shape: EventShape }): ObservedBatch {
  const bucketStart = Math.floor(Date.now() / OBSERVATION_BUCKET_MS) * OBSERVATION_BUCKET_MS;
  const events = Array.from({ length: EVENTS_PER_BATCH }, () => observe({ targets, shape, bucketStart }));
  const changed = new Set(events.flat().map(({ target }) => target));
  return { event: { Records: events.map(toRecord) }, changes: changed.size };
}

function observe({ targets, shape, bucketStart }: { targets: number; shape: EventShape; bucketStart: number }): ObservedAttempts[] {
  const first = below(targets);
  const tenant = below(TENANT_SLOTS);
  const observations = new Map<string, ObservedAttempts>();
  for (let attempt = 0; attempt < ATTEMPTS_PER_EVENT; attempt++) {
    const index = shape === 'spread' ? below(targets) : (first + (attempt % 2)) % targets;
    const tenantSlot = shape === 'tenant' ? tenant : below(TENANT_SLOTS);
    const latencyMs = 600 + below(1_200);
    const known = observations.get(`${index} ${tenantSlot}`);
    if (known) {
      known.count++;
      addSecond(known);
      known.latenciesMs.push(latencyMs);
      known.firstTokensMs?.push(latencyMs >> 1);
    } else {
      const observed = toObservation({ index, tenantSlot, latencyMs, bucketStart });
      addSecond(observed);
      observations.set(`${index} ${tenantSlot}`, observed);
    }
  }
  return [...observations.values()];
}

/** An attempt that began in the second or third second of its bucket. */
function addSecond({ bySecond = [] }: ObservedAttempts): void {
  const second = 1 + below(2);
  bySecond[second] = (bySecond[second] ?? 0) + 1;
}

type Seen = { index: number; tenantSlot: number; latencyMs: number; bucketStart: number };

function toObservation({ index, tenantSlot, latencyMs, bucketStart }: Seen): ObservedAttempts {
  return {
    target: `target-${index}`,
    definition: `d${index}`,
    route: 'default',
    bucketStart,
    outcome: 'succeeded',
    slow: false,
    tenantSlot,
    count: 1,
    latenciesMs: [latencyMs],
    firstTokensMs: [latencyMs >> 1],
    bySecond: new Array<number>(OBSERVATION_BUCKET_MS / 1_000).fill(0),
  };
}

function toRecord(observations: ObservedAttempts[]): SQSEvent['Records'][number] {
  const id = randomUUID();
  const time = new Date().toISOString();
  const sandbox = '2026/11/20/[$LATEST]bench';
  const metadata = { id, version: '1.0', occurredAt: time, correlationId: sandbox };
  const event = {
    version: '0',
    id: randomUUID(),
    'detail-type': 'AttemptsObserved',
    source: 'signalbox.inference',
    account: '000000000000',
    time,
    region: 'us-east-1',
    resources: [],
    detail: { metadata, data: { sandbox, stage: 'bench', tableVersion: 'bench', observations } },
  };
  return {
    messageId: randomUUID(),
    receiptHandle: `AQEB${randomUUID().repeat(8)}`,
    body: JSON.stringify(event),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: String(Date.now()),
      SenderId: 'AIDABENCH',
      ApproximateFirstReceiveTimestamp: String(Date.now()),
    },
    messageAttributes: {},
    md5OfBody: '0'.repeat(32),
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:signalbox-bench-observations',
    awsRegion: 'us-east-1',
  };
}

function below(limit: number): number {
  return Math.floor(Math.random() * limit);
}
