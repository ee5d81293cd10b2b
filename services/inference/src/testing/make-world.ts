import { createHash } from 'node:crypto';
import type { InferenceRequest, InferenceResult, OutgoingEvent, RoutingOverlay } from '@signalbox/contracts';
import { inferenceRequest, routingTable } from '@signalbox/contracts/samples';
import type { Answer } from '@signalbox/routing';
import type { InferenceItem, LoadedTable } from '@signalbox/runtime';
import { readDelivery } from '../delivery.ts';
import type { Lane, Ports } from '../ports.ts';
import { createProcessMessage, type Settled } from '../process-message.ts';
import { type CallThrough, callThrough, type Interfere, type PortCall } from './interference.ts';
import { createMemoryStore, type MemoryStore } from './memory-store.ts';
import { answeredWith } from './scripted-answer.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';
import { createVirtualQueue, type Received, VISIBILITY_MS, type VirtualQueue } from './virtual-queue.ts';
import { portsOf, QUEUE_URL, type Sandbox } from './world-ports.ts';

const STANDARD_SECONDS = 270;
/** A message that could not be settled comes again about now; see the visibility keeper. */
const RETURN_MS = 5_000;

/** How a receive ended: as the core says, by a kill of its worker, or by an error that the core let through. */
export type Receipt = Settled | 'killed' | { error: unknown };

/** Everything around the core, in memory, and every call to it in the test's hand. */
export type World = {
  clock: VirtualClock;
  queue: VirtualQueue;
  store: MemoryStore;
  /** S3: text by key. */
  objects: Map<string, string | Uint8Array>;
  rejected: { body: string; attributes: Record<string, string> }[];
  replies: { queue: string; result: InferenceResult }[];
  events: OutgoingEvent[];
  observed: Parameters<Ports['observe']>[0][];
  /** Usage that was counted. */
  counted: Parameters<Ports['count']>[0][];
  notes: { level: string; message: string; detail: Record<string, unknown> }[];
  /** Every call through a port, in order. */
  calls: PortCall[];
  /** What AppConfig would give now, and what a refresh would give next. */
  tables: { current: LoadedTable; next?: LoadedTable };
  overlay: RoutingOverlay | undefined;
  /** Replaceable at any time. */
  answer: Answer;
  /** Replaceable at any time; tenants have no limits at first. */
  reserve: Ports['reserve'];
  interfere: Interfere;
  /** Calls of the model whose answer was given: what costs money. */
  answersGiven: number;
  send(body?: unknown, message?: { messageId?: string; attributes?: Record<string, string> }): string;
  /** Works on the next visible message, in a sandbox of its own. Undefined: none is visible. */
  receive(): Promise<Receipt> | undefined;
  /** Lets time pass and receives until nothing is left; throws when that does not come about. */
  runUntilQuiet(options?: { maxReceives?: number }): Promise<Receipt[]>;
  item(id: string, tenant?: string): InferenceItem | undefined;
  eventsOf(detailType: string): OutgoingEvent[];
  callNames(): string[];
};

type WorldOptions = { answer?: Answer; table?: LoadedTable; random?: () => number };

/** A request body; what matters to the test is stated, `undefined` takes a field away. */
export function requestBody(stated: Partial<Record<keyof InferenceRequest, unknown>> = {}): Record<string, unknown> {
  const body = { ...inferenceRequest, id: 'invoice-1', ...stated };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

export function makeWorld({ answer = answeredWith('Paris.'), table, random = () => 0.5 }: WorldOptions = {}): World {
  const clock = createVirtualClock();
  let workers = 0;
  let fences = 0;
  const world: World = {
    clock,
    queue: createVirtualQueue(clock),
    store: createMemoryStore(clock),
    objects: new Map(),
    rejected: [],
    replies: [],
    events: [],
    observed: [],
    counted: [],
    notes: [],
    calls: [],
    tables: { current: table ?? { table: routingTable, source: 'appconfig' } },
    overlay: undefined,
    answer,
    reserve: async () => ({ kind: 'granted', settle: () => undefined, release: () => undefined }),
    interfere: () => 'none',
    answersGiven: 0,
    send: (body = requestBody(), message = {}) =>
      world.queue.send({ body: typeof body === 'string' ? body : JSON.stringify(body), ...message }),
    receive() {
      const received = world.queue.receive();
      return received && work(world, received, { worker: ++workers, random, newId: () => `fence-${++fences}` });
    },
    runUntilQuiet: (options) => runUntilQuiet(world, options),
    item: (id, tenant = 'default') => world.store.items.get(`${tenant}#${id}`),
    eventsOf: (detailType) => world.events.filter((event) => event.detailType === detailType),
    callNames: () => world.calls.map(({ name }) => name),
  };
  return world;
}

/** One receive as Lambda makes it: settle, then delete; on an error or a kill the message comes again. */
async function work(world: World, received: Received, sandbox: Sandbox): Promise<Receipt> {
  let onKill: () => void = () => undefined;
  const killed = new Promise<'killed'>((resolve) => {
    onKill = () => {
      // The sandbox had extended the visibility until now.
      world.queue.returnAfter(received, VISIBILITY_MS);
      resolve('killed');
    };
  });
  const call = callThrough({
    worker: sandbox.worker,
    interfere: (portCall) => {
      world.calls.push(portCall);
      return world.interfere(portCall);
    },
    onKill,
  });
  return Promise.race([killed, settleAndDelete(world, received, { call, sandbox })]);
}

async function settleAndDelete(
  world: World,
  received: Received,
  { call, sandbox }: { call: CallThrough; sandbox: Sandbox },
): Promise<Receipt> {
  const processMessage = createProcessMessage(portsOf(world, call, sandbox));
  try {
    const settled = await processMessage(readDelivery(received.record), laneAt(world.clock.now));
    if (settled !== 'superseded') await call('queues.delete', async () => world.queue.delete(received));
    return settled;
  } catch (error) {
    world.queue.returnAfter(received, RETURN_MS);
    return { error };
  }
}

/** The standard lane of an invocation that begins now. */
function laneAt(now: number): Lane {
  const priority = 'standard';
  return { priority, queueUrl: QUEUE_URL, attemptsEndAt: now + STANDARD_SECONDS * 1_000, recordsEndAt: now + STANDARD_SECONDS * 1_000 };
}

async function runUntilQuiet(world: World, { maxReceives = 200 } = {}): Promise<Receipt[]> {
  const receipts: Receipt[] = [];
  for (let nextAt = world.queue.nextVisibleAt(); nextAt !== undefined; nextAt = world.queue.nextVisibleAt()) {
    if (receipts.length === maxReceives)
      throw new Error(`The world is not quiet after ${maxReceives} receives: ${JSON.stringify(receipts.slice(-5))}`);
    world.clock.now = Math.max(world.clock.now, nextAt);
    const receipt = await world.receive();
    if (receipt !== undefined) receipts.push(receipt);
  }
  return receipts;
}

/** Puts content into the world's bucket as a producer would, and gives the claim check for it. */
export function uploadPayload(
  world: World,
  content: unknown,
  { tenant = 'default', name = 'content.json' } = {},
): { key: string; sha256: string } {
  const text = JSON.stringify(content);
  const key = `payloads/${tenant}/${name}`;
  world.objects.set(key, text);
  return { key, sha256: createHash('sha256').update(text).digest('hex') };
}
