import type { Problem } from '@signalbox/contracts';
import type { PreparedRequest } from './prepare-request.ts';
import type { ProducerPorts, SendFailure } from './producer-ports.ts';

/** What became of one request: `sent` was taken, `invalid` is refused as it is, `failed` may be sent again. */
export type Sent = { kind: 'sent' } | { kind: 'invalid'; problems: readonly Problem[] } | { kind: 'failed'; error: SendFailure };

/** With the waits below some six seconds in all: what a queue needs to come back from a hiccup, and a person still waits for. */
const MAX_TRIES = 6;
const FIRST_WAIT_MS = 200;
/** A gateway that wants more is not waited for within one call. */
const LONGEST_WAIT_MS = 30_000;

type Sending = { ports: Pick<ProducerPorts, 'sendBatch' | 'putPayload' | 'sleep' | 'random'>; queueUrl: string };

/** Puts payloads in their place, sends the batch, and sends again those alone that were not taken. Never rejects. */
export async function sendWithRetries({ ports, queueUrl }: Sending, batch: readonly PreparedRequest[]): Promise<Sent[]> {
  const outcomes: Sent[] = batch.map(() => ({ kind: 'sent' }));
  let open = batch.map((request, index) => ({ request, index }));
  for (let tries = 1; ; tries++) {
    const failures = await attempt({ ports, queueUrl }, open);
    for (const [at, { index }] of open.entries()) {
      const error = failures[at];
      outcomes[index] = toSent(error);
    }
    open = open.filter((_, at) => failures[at]?.isTransient);
    if (open.length === 0 || tries === MAX_TRIES) return outcomes;
    const backoffMs = FIRST_WAIT_MS * 2 ** (tries - 1) * (0.5 + ports.random() / 2);
    const askedMs = Math.max(0, ...failures.map((failure) => failure?.retryAfterMs ?? 0));
    await ports.sleep(Math.max(backoffMs, Math.min(askedMs, LONGEST_WAIT_MS)));
  }
}

function toSent(error: SendFailure | undefined): Sent {
  if (!error) return { kind: 'sent' };
  return error.problems ? { kind: 'invalid', problems: error.problems } : { kind: 'failed', error };
}

async function attempt({ ports, queueUrl }: Sending, open: readonly { request: PreparedRequest }[]): Promise<(SendFailure | undefined)[]> {
  const uploads = await Promise.all(open.map(({ request: { payload } }) => payload && ports.putPayload(payload)));
  const ready = open.filter((_, at) => uploads[at] === undefined).map(({ request }) => request);
  const sent = ready.length > 0 ? await ports.sendBatch(queueUrl, ready) : [];
  const failures = sent.values();
  return uploads.map((failure) => failure ?? failures.next().value);
}
