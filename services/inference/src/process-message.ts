import { type InferenceRecord, isOwnPayload, isTerminal } from '@signalbox/contracts';
import { type AnswerResult, DEFAULT_ROUTE, featuresOf, NO_STRIKES } from '@signalbox/routing';
import type { LoadedTable } from '@signalbox/runtime';
import { UnavailableError } from '@signalbox/runtime/errors';
import { askWithinLimits, type Held } from './ask-within-limits.ts';
import { checkAgainstTable } from './check-against-table.ts';
import { type Choice, chooseRoute } from './choose-route.ts';
import { deliverEnding } from './deliver-ending.ts';
import type { Delivery } from './delivery.ts';
import { finishRequest } from './finish-request.ts';
import { deferredEvent } from './inference-deferred.ts';
import { isToldDeferral, parkDelaySeconds } from './park-delay.ts';
import { parkMessage } from './park-message.ts';
import type { Lane, Ports, StashedEnding } from './ports.ts';
import { type ReadOutcome, type ReadRequest, type Refusal, readContent, readRequest } from './read-request.ts';
import { endedRecord, expiredRecord } from './records.ts';
import { rejectMessage } from './reject-message.ts';

/**
 * What became of a message in this receive; counted as metrics. `superseded` is the one after which the message must not be deleted:
 * whoever took over may hold it by an older receive, which cannot give it back.
 */
export type Settled = 'completed' | 'failed' | 'expired' | 'rejected' | 'deferred' | 'limited' | 'duplicate' | 'superseded' | 'republished';

/** On the queue lane nobody hangs up. */
const NEVER_ABORTED = new AbortController().signal;
/** A newer major version may belong to an installation that is being updated: it waits once this long. */
const NEWER_MAJOR_DELAY_SECONDS = 600;

/**
 * Settles one message. Resolved, unless with `superseded`, means: done, the message can be deleted, because its request has ended, lies
 * in the rejected queue, or stands on the queue again as a delayed copy. Rejects only when not even the queue can be reached, or for a bug.
 */
export function createProcessMessage(ports: Ports) {
  return async function processMessage(delivery: Delivery, lane: Lane): Promise<Settled> {
    const read = readRequest(delivery);
    try {
      const work = () => settle(ports, delivery, lane, read);
      return await (read.kind === 'request' && read.request.payload ? ports.withPayload(work) : work());
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      ports.note('warn', 'A request waits: something it needs cannot be reached', {
        messageId: delivery.messageId,
        deferrals: delivery.deferrals,
        error: error.message,
      });
      await park(ports, delivery, lane, read.kind === 'request' ? { deadline: read.deadline } : {});
      return 'deferred';
    }
  };
}

async function settle(ports: Ports, delivery: Delivery, lane: Lane, read: ReadOutcome): Promise<Settled> {
  if (read.kind === 'refusal') return rejectMessage(ports, { delivery, lane, refusal: read });
  if (read.kind === 'newer-major') {
    if (delivery.deferrals > 0) return rejectMessage(ports, { delivery, lane, refusal: read.refusal });
    await parkMessage(ports, delivery, lane, { delaySeconds: NEWER_MAJOR_DELAY_SECONDS });
    return 'deferred';
  }
  const work = await prepare({ ports, delivery, lane, read });
  if (work.refusal && !(await isTaken(work))) return rejectMessage(ports, { delivery, lane, refusal: work.refusal });
  return claimAndRun(work);
}

/** A request with the table that it goes by for this whole receive. */
type Context = { ports: Ports; delivery: Delivery; lane: Lane; read: ReadRequest; loaded: LoadedTable; payloadKey?: string };
/** With its content in place and its route chosen, or with the reason why it cannot be run. */
type Work = Context & ({ choice: Choice; refusal?: never } | { refusal: Refusal; choice?: never });
type Runnable = Extract<Work, { choice: Choice }>;

async function prepare(arrived: Omit<Context, 'loaded' | 'payloadKey'>): Promise<Work> {
  const { ports } = arrived;
  const given = { ...arrived, ...payloadKeyOf(arrived) };
  const checked = await checkAgainstTable({ read: given.read, table: ports.table });
  if (checked.kind === 'refusal') return { ...given, loaded: await ports.table.get(), refusal: checked };
  const { loaded } = checked;
  const read = await readContent({ read: given.read, bucket: ports.bucket, readPayload: ports.readPayload });
  if (read.kind === 'refusal') return { ...given, loaded, refusal: read };
  if (read.notes.length > 0)
    ports.note('info', 'A request of a newer minor version was read without some of it', { id: read.id, notes: read.notes });
  return { ...given, read, loaded, choice: chooseRoute({ read, table: loaded.table, priority: given.lane.priority }) };
}

/** Where its content lies, to be erased with it; never a key outside the tenant's own prefix. */
function payloadKeyOf({ ports, read }: Pick<Context, 'ports' | 'read'>): { payloadKey?: string } {
  const { payload } = read.request;
  return payload && isOwnPayload(payload, { tenant: read.tenant, bucket: ports.bucket }) ? { payloadKey: payload.key } : {};
}

/**
 * True when this message's request was taken before its route or payload went away, or has ended, be it that its producer cancelled or erased
 * it: it is then ended, or told how it ended, under the claim, and not turned away as if it had never been taken.
 */
async function isTaken({ ports, delivery, read }: Work): Promise<boolean> {
  const standing = await ports.store.get(read.tenant, read.id);
  if (standing === undefined || standing.status === 'rejected') return false;
  return standing.owner === delivery.origin || (standing.hash === read.hash && isTerminal(standing.status));
}

async function claimAndRun(work: Work): Promise<Settled> {
  const { ports, delivery, lane, read, payloadKey } = work;
  const { tenant, id, hash, deadline, request } = read;
  const fence = ports.newId();
  const claim = await ports.store.claim({
    tenant,
    id,
    hash,
    deadline,
    fence,
    origin: delivery.origin,
    messageId: delivery.messageId,
    deferrals: delivery.deferrals,
    acceptedAt: delivery.acceptedAt,
    route: request.route ?? DEFAULT_ROUTE,
    priority: lane.priority,
    ...(request.labels ? { labels: request.labels } : {}),
    ...(payloadKey === undefined ? {} : { payloadKey }),
  });
  switch (claim.kind) {
    case 'claimed':
      return run(work, fence);
    case 'finished':
      await deliver(work, claim.item.record, claim.item);
      return 'republished';
    case 'duplicate':
      ports.note('info', 'A second message with the same request was acknowledged', { messageId: delivery.messageId, id });
      return 'duplicate';
    case 'id-reused':
      return rejectMessage(ports, { delivery, lane, refusal: { ...ID_REUSED, id, tenant } });
  }
}

const ID_REUSED: Refusal = {
  kind: 'refusal',
  reason: 'id-reused',
  problems: [{ path: 'id', message: 'is taken by a request with another body; use a new id' }],
};

async function run(work: Work, fence: string): Promise<Settled> {
  const { ports, delivery, lane } = work;
  const outcome = await findEnding(work);
  switch (outcome.kind) {
    case 'refusal':
      return rejectMessage(ports, { delivery, lane, refusal: outcome, fence });
    case 'waiting':
      return defer(work, outcome.answer);
    case 'ending':
      return end(work, fence, outcome.ending);
  }
}

async function end(work: Work, fence: string, ending: StashedEnding): Promise<Settled> {
  const { ports, delivery, lane } = work;
  const finished = await finishRequest({ ports, lane, fence, ending });
  switch (finished.kind) {
    case 'superseded':
      ports.note('warn', 'Another receive of this request took over; this answer is dropped', {
        messageId: delivery.messageId,
        id: work.read.id,
      });
      return 'superseded';
    case 'unrecorded':
      await park(ports, unrecorded(delivery, ending, finished.answerKey), lane, { deadline: work.read.deadline });
      return 'deferred';
    case 'finished':
      await deliver(work, ending.record, finished.output);
      return settledAs(ending.record);
  }
}

/** The copy that waits for an ending to be recorded: it knows where the ending lies, or else that its attempts were spent. */
function unrecorded(delivery: Delivery, ending: StashedEnding, answerKey: string | undefined): Delivery {
  return answerKey ? { ...delivery, answerKey } : { ...delivery, attempts: delivery.attempts + ending.record.attempts.length };
}

type Outcome = { kind: 'ending'; ending: StashedEnding } | { kind: 'waiting'; answer: Held } | Refusal;

/** An ending, from the stash, the clock or the model; why there will be none; or the answer that says that none could be had now. */
async function findEnding(work: Work): Promise<Outcome> {
  const { ports, delivery, read } = work;
  const stashed = delivery.answerKey ? await ports.outputs.readStash(delivery.answerKey) : undefined;
  if (stashed) return { kind: 'ending', ending: stashed };
  if (read.deadline <= ports.now()) return { kind: 'ending', ending: { record: expiredRecord({ ...work, now: ports.now() }) } };
  return work.choice ? askModels(work) : work.refusal;
}

async function askModels(work: Runnable): Promise<Outcome> {
  const { ports, delivery, read, loaded, choice } = work;
  const answer = await askWithinLimits({
    ports,
    tenant: read.tenant,
    route: read.request.route ?? DEFAULT_ROUTE,
    labels: read.request.labels,
    choice,
    table: loaded.table,
    strikes: delivery.strikes ?? NO_STRIKES,
    ask: () => ask(work),
  });
  if (isLimited(answer)) return { kind: 'waiting', answer };
  const now = ports.now();
  if (answer.kind !== 'waiting') return { kind: 'ending', ending: endedRecord({ ...work, now, answer }) };
  if (read.deadline <= now) return { kind: 'ending', ending: { record: expiredRecord({ ...work, now, answer }) } };
  return { kind: 'waiting', answer };
}

function isLimited(answer: AnswerResult | Held): answer is Held & { reason: 'limited' } {
  return answer.kind === 'waiting' && answer.reason === 'limited';
}

async function ask({ ports, delivery, lane, read, loaded, choice }: Runnable): Promise<AnswerResult> {
  const { request, deadline } = read;
  return ports.answer({
    id: read.id,
    content: request,
    inferenceConfig: request.inferenceConfig,
    features: choice.features,
    table: loaded.table,
    route: choice.route,
    overlay: await ports.overlay.get(),
    endsAt: Math.min(deadline, lane.attemptsEndAt),
    isRepeat: delivery.deferrals > 0,
    attemptsBefore: delivery.attempts,
    strikesBefore: delivery.strikes,
    signal: NEVER_ABORTED,
    onAttempt: (attempt) => ports.observe({ route: choice.route.name, tenant: read.tenant, table: loaded.table, attempt }),
  });
}

async function defer(work: Work, answer: Held): Promise<Settled> {
  const { ports, delivery, lane, read } = work;
  const waiting = { ...delivery, attempts: delivery.attempts + answer.attempts.length, strikes: answer.strikes };
  const delaySeconds = await park(ports, waiting, lane, {
    deadline: read.deadline,
    ...(answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs }),
    ...(answer.isBrief ? { isBrief: true } : {}),
  });
  const deferrals = delivery.deferrals + 1;
  if (isToldDeferral(deferrals)) {
    const event = deferredEvent({
      ...work,
      answer,
      deferrals,
      delaySeconds,
      stage: ports.stage,
      features: featuresOf(read.request, work.choice),
      now: ports.now(),
    });
    // The request is safe on its queue: telling of it may fail without harm, but not silently.
    await ports
      .publish(event)
      .catch((error: unknown) => ports.note('warn', 'A deferral could not be told', { id: read.id, error: String(error) }));
  }
  return answer.reason === 'limited' ? 'limited' : 'deferred';
}

/** Reply, then event, from the record. What cannot be delivered now is delivered by a delayed copy of the message, which finds the record. */
async function deliver(work: Work, record: InferenceRecord | undefined, output: { output?: string; outputKey?: string }): Promise<void> {
  const { ports, delivery, lane, read } = work;
  if (!record) return;
  const { deadline } = read;
  const delivered = await deliverEnding({
    ports,
    record,
    output,
    replyQueue: replyQueueOf(work),
    giveUpReplyAt: deadline,
    isTold: delivery.isTold ?? false,
  });
  if (delivered === 'reply-pending') await park(ports, { ...delivery, isTold: true }, lane, { deadline });
}

/** Puts a delayed copy on the queue; the caller then lets the message be deleted. A crash between is a duplicate, which the claim absorbs. */
async function park(
  ports: Ports,
  delivery: Delivery,
  lane: Lane,
  { deadline = Number.POSITIVE_INFINITY, retryAfterMs, isBrief = false }: { deadline?: number; retryAfterMs?: number; isBrief?: boolean },
): Promise<number> {
  const delaySeconds = parkDelaySeconds({
    deferrals: delivery.deferrals - delivery.briefDeferrals,
    briefDeferrals: delivery.briefDeferrals,
    now: ports.now(),
    deadline,
    random: ports.random,
    isBrief,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
  await parkMessage(ports, delivery, lane, { delaySeconds, isBrief });
  return delaySeconds;
}

function settledAs(record: InferenceRecord): Settled {
  if (record.status === 'succeeded') return 'completed';
  return record.status === 'expired' ? 'expired' : 'failed';
}

function replyQueueOf({ read, loaded }: Work): string | undefined {
  return read.request.reply && loaded.table.replyQueues[read.request.reply.queue];
}
