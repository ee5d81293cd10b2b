import type { CallModel, ModelReply, RoutingOverlay, RoutingTable } from '@signalbox/contracts';
import { parkDelaySeconds } from '@signalbox/inference/park-delay';
import { type AnswerInput, createAnswer, NO_STRIKES, readFeatures } from '@signalbox/routing';
import { createAttemptsObserver } from '@signalbox/routing/observe';
import type { AdapterReplies } from './adapter-replies.ts';
import type { FaultName } from './faulty-models.ts';
import { randomDelay } from './random-delay.ts';
import { messages } from './sample-conversation.ts';
import { seededRandom } from './seeded-random.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';
import { startWorldController } from './world-controller.ts';

const START = 1_790_000_000_000;
const SANDBOXES = 16;
const SLOTS = 10;
const TENANTS = 8;
const MODEL = { p50Ms: 800, p99Ms: 2_400 };
/** A sandbox reads the overlay again when it is so old, beside its work; past the second age before it. */
const OVERLAY_AGES_MS = { soft: 1_000, hard: 5_000 };
const OVERLAY_READ_MS = 8;
const FAULT_MS = { error503: 5, throttle429: 5, reset: 2 } as const;
const DEADLINE_MS = 86_400_000;
/** One receive on the standard queue. */
const RECEIVE_MS = 270_000;

export type WorldOptions = {
  table: RoutingTable;
  route: string;
  replies: AdapterReplies;
  requestsPerSecond: number;
  requests: number;
  seed: number;
  /** What is wrong with a target at a time, in milliseconds since the start. */
  faultOf: (targetId: string, sinceStartMs: number) => FaultName | undefined;
  /** The run goes on to this time, in milliseconds since the start, and until every request is answered. */
  untilMs?: number;
};

export type WorldRequest = { sentAt: number; answeredAt?: number; attempts: number; answers: number };
export type WorldCall = { at: number; endedAt: number; target: string; sandbox: number; request: number; outcome: ModelReply['outcome'] };
export type WorldOverlay = { at: number; overlay: RoutingOverlay; readBy: Map<number, number> };
/** Times in milliseconds since the start. */
export type WorldStory = {
  requests: WorldRequest[];
  calls: WorldCall[];
  /** Each overlay, with the time at which each sandbox that read it did. */
  overlays: WorldOverlay[];
  probes: Map<string, number[]>;
};

type Message = { request: number; deferrals: number; attempts: number; strikes: AnswerInput['strikesBefore'] };

/**
 * A fleet in virtual time: sixteen sandboxes of ten requests each, with the attempt loop, the local breaker and the observer of the
 * project, its controller behind a bus and a queue with their delays, and a model of 0.8 s. Only time and the models are made up.
 */
export async function runWorld(options: WorldOptions): Promise<WorldStory> {
  const { table, requests: total, requestsPerSecond, seed, untilMs = 0 } = options;
  const clock = createVirtualClock(START);
  const random = seededRandom(seed);
  const since = () => clock.now() - START;
  const story: WorldStory = { requests: [], calls: [], overlays: [], probes: new Map() };
  const act = createModel(options, clock, random);
  const probe = async (id: string) => (await act(id, 0)).reply;
  const onOverlay = (overlay: RoutingOverlay) => story.overlays.push({ at: since(), overlay, readBy: new Map() });
  const controller = startWorldController({ clock, table, random, probe, onOverlay });
  story.probes = controller.probes;
  const queue: Message[] = [];
  const readers = Array.from({ length: SANDBOXES }, (_, index) => createReader(clock, story, index));
  const sandboxes = readers.map((read, index) =>
    createSandbox({ index, read, options, clock, random, story, act, deliver: controller.deliver }),
  );
  let open = 0;

  const dispatch = () => {
    const free = sandboxes.filter(({ busy }) => busy < SLOTS);
    const sandbox = free[Math.floor(random() * free.length)];
    const message = sandbox && queue.shift();
    if (!sandbox || !message) return;
    sandbox.busy++;
    clock.after(0, async () => {
      const parkedMs = await sandbox.serve(message);
      sandbox.busy--;
      if (parkedMs === undefined) open--;
      else clock.after(parkedMs, () => enqueue(message));
      dispatch();
    });
    dispatch();
  };
  const enqueue = (message: Message) => {
    queue.push(message);
    dispatch();
  };
  const send = () => {
    story.requests.push({ sentAt: since(), attempts: 0, answers: 0 });
    open++;
    enqueue({ request: story.requests.length - 1, deferrals: 0, attempts: 0, strikes: undefined });
    if (story.requests.length < total) clock.after((-Math.log(1 - random()) / requestsPerSecond) * 1_000, send);
  };
  clock.after(0, send);
  await clock.runUntil(() => story.requests.length === total && open === 0 && since() >= untilMs);
  return story;
}

type Act = (targetId: string, firstTokenMs: number) => Promise<{ reply: ModelReply }>;

function createModel({ replies, faultOf }: WorldOptions, clock: VirtualClock, random: () => number): Act {
  return async (targetId, firstTokenMs) => {
    const fault = faultOf(targetId, clock.now() - START);
    await clock.sleep(fault === undefined ? randomDelay(MODEL, random) : fault === 'blackHole' ? firstTokenMs : FAULT_MS[fault]);
    return { reply: replies[fault ?? 'healthy'] };
  };
}

/** The overlay as a live document gives it to one sandbox. */
function createReader(clock: VirtualClock, { overlays }: WorldStory, sandbox: number): () => Promise<RoutingOverlay | undefined> {
  let known: WorldOverlay | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  const refresh = async () => {
    readAt = clock.now();
    await clock.sleep(OVERLAY_READ_MS);
    const newest = overlays.at(-1);
    if (newest !== known) newest?.readBy.set(sandbox, clock.now() - START);
    known = newest;
  };
  return async () => {
    const age = clock.now() - readAt;
    if (age > OVERLAY_AGES_MS.hard) await refresh();
    else if (age > OVERLAY_AGES_MS.soft) clock.after(0, refresh);
    return known?.overlay;
  };
}

type SandboxParts = {
  index: number;
  read: () => Promise<RoutingOverlay | undefined>;
  options: WorldOptions;
  clock: VirtualClock;
  random: () => number;
  story: WorldStory;
  act: Act;
  deliver: (event: Parameters<Parameters<typeof createAttemptsObserver>[0]['publish']>[0]) => void;
};

function createSandbox({ index, read, options, clock, random, story, act, deliver }: SandboxParts) {
  const { table } = options;
  const route = table.routes[options.route];
  if (!route) throw new Error(`the table has no route ${options.route}`);
  const content = { messages };
  const features = Array.from({ length: TENANTS }, (_, tenant) => readFeatures({ content, tenant: `tenant-${tenant}` }));
  let events = 0;
  const observer = createAttemptsObserver({
    publish: async (event) => deliver(event),
    onError: (error) => {
      throw error;
    },
    sandbox: `sandbox-${index}`,
    stage: 'bench',
    now: clock.now,
    newId: () => `${index}-${events++}`,
    sleep: clock.sleep,
  });
  const callOf = (request: number): CallModel => {
    return async ({ target, limits }) => {
      const at = clock.now() - START;
      const { reply } = await act(target.id, limits.firstTokenMs ?? limits.totalMs);
      story.calls.push({ at, endedAt: clock.now() - START, target: target.id, sandbox: index, request, outcome: reply.outcome });
      return reply;
    };
  };
  // The attempt loop knows a request by its content alone, so the story of its calls is kept by a call of its own.
  const callers = new Map<object, CallModel>();
  const callModel: CallModel = (call) => (callers.get(call.content) ?? unknownCaller)(call);
  const answer = createAnswer({ callModel, now: clock.now, random, sleep: clock.sleep });

  /** One receive: undefined when the request was answered, else for how many milliseconds it is parked. */
  async function serve(message: Message): Promise<number | undefined> {
    const request = story.requests[message.request] as WorldRequest;
    const own = { ...content };
    callers.set(own, callOf(message.request));
    const asked = features[message.request % TENANTS] as (typeof features)[number];
    const result = await answer({
      id: `request-${message.request}`,
      content: own,
      features: asked,
      table,
      route: route as NonNullable<typeof route>,
      overlay: await read(),
      endsAt: clock.now() + RECEIVE_MS,
      isRepeat: message.deferrals > 0,
      attemptsBefore: message.attempts,
      strikesBefore: message.strikes ?? NO_STRIKES,
      signal: new AbortController().signal,
      onAttempt: (attempt) => observer.observe({ route: options.route, tenant: asked.tenant, table, attempt }),
    });
    callers.delete(own);
    request.attempts += result.attempts.length;
    request.answers += result.attempts.filter(({ outcome }) => outcome === 'succeeded').length;
    clock.after(0, () => observer.settle());
    if (result.kind === 'ended') throw new Error(`a request ended as ${result.reason}, which none of the faults calls for`);
    if (result.kind === 'answered') {
      request.answeredAt = clock.now() - START;
      return undefined;
    }
    const now = clock.now();
    const deadline = START + request.sentAt + DEADLINE_MS;
    const { retryAfterMs, isBrief } = result;
    const wait = {
      deferrals: message.deferrals,
      now,
      deadline,
      random,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(isBrief && { isBrief }),
    };
    message.deferrals++;
    message.attempts += result.attempts.length;
    message.strikes = result.strikes;
    return parkDelaySeconds(wait) * 1_000;
  }
  return { busy: 0, serve };
}

function unknownCaller(): never {
  throw new Error('the attempt loop called a model for a request that nobody serves');
}
