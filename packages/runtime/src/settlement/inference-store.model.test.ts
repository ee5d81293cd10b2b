import type { InferenceRecord } from '@signalbox/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDeletionStore, type DeletionStore } from './deletion-store.ts';
import { eraseRecord } from './erase-record.ts';
import { createInferenceStore, type InferenceStore } from './inference-store.ts';
import { createIntakeStore, type IntakeStore } from './intake-store.ts';
import { type InferencesTable, startInferencesTable } from './test-inferences-table.ts';
import { unansweredRecord } from './test-record.ts';

/** Everything is overdue: any request may be swept at any time. */
const DEADLINE = 1_000;
const NOW = 2_000;

let table: InferencesTable;
let store: InferenceStore;
let intake: IntakeStore;
let deletion: DeletionStore;
let runs = 0;

beforeAll(async () => {
  table = await startInferencesTable();
  store = createInferenceStore({ tableName: table.tableName, now: () => NOW });
  intake = createIntakeStore({ tableName: table.tableName });
  deletion = createDeletionStore({ tableName: table.tableName, now: () => NOW });
});
afterAll(() => table.close());

/** Two messages with the same body and one with another; each with its parked copies. */
const MESSAGES = [
  { origin: 'a', hash: 'one' },
  { origin: 'b', hash: 'one', labels: { campaign: 'spring' } },
  { origin: 'c', hash: 'two' },
] as const;
type Message = (typeof MESSAGES)[number];

/** What the table should hold of one request: the reference is plain data, changed by plain rules. */
type Expected =
  | { kind: 'absent' }
  | { kind: 'rejected'; record: InferenceRecord }
  | { kind: 'accepting'; hash: string }
  | { kind: 'running'; owner: string; hash: string; deferrals: number; messageId: string; fence: string }
  | { kind: 'ended'; owner: string | undefined; hash: string | undefined; record: InferenceRecord; fence?: string };

type Model = {
  expected: Expected;
  isLabelled: boolean;
  /** Every fence that was ever given, by holder. */
  fences: string[];
};
type Real = { id: string; records: number };
type Step = fc.AsyncCommand<Model, Real>;

const key = ({ id }: Real) => `acme#${id}`;
/** A record that no other one equals. */
const nextRecord = (real: Real, changes: Partial<InferenceRecord>): InferenceRecord => ({
  ...unansweredRecord,
  id: real.id,
  ...changes,
  timing: { queuedMs: 0, totalMs: ++real.records },
});

function command(name: string, run: (model: Model, real: Real) => Promise<void>): Step {
  return {
    check: () => true,
    toString: () => name,
    async run(model, real) {
      await run(model, real);
      await expectStanding(model, real);
    },
  };
}

/** After every step the table holds what the reference says: above all, an ending is never replaced, but by itself without content. */
async function expectStanding({ expected, isLabelled }: Model, real: Real): Promise<void> {
  const item = await store.get('acme', real.id);
  const wentWrong = expected.kind === 'rejected' || (expected.kind === 'ended' && expected.record.status !== 'succeeded');
  expect((await table.item(key(real)))?.listed).toEqual(
    wentWrong || isLabelled ? { S: expect.stringMatching(/^acme#\d{4}-\d\d-\d\d$/) } : undefined,
  );
  if (expected.kind === 'absent') return expect(item).toBeUndefined();
  if (expected.kind === 'ended') return expect(item).toMatchObject({ status: expected.record.status, record: expected.record });
  expect(item?.status).toBe(expected.kind);
  if (expected.kind === 'running') expect(item).toMatchObject({ owner: expected.owner, fence: expected.fence });
  expect(item?.record === undefined).toBe(expected.kind !== 'rejected');
}

const claim = (message: Message, deferrals: number, copy: number) =>
  command(`claim(${message.origin}, ${deferrals} deferrals, copy ${copy})`, async (model, real) => {
    const fence = `fence-${model.fences.length}`;
    const messageId = deferrals === 0 ? message.origin : `${message.origin}-${deferrals}-${copy}`;
    const request = { tenant: 'acme', id: real.id, ...message, deferrals, messageId, fence };
    const given = await store.claim({ ...request, deadline: DEADLINE, acceptedAt: 0, route: 'default', priority: 'standard' });
    expect(given.kind).toBe(expectedClaim(model.expected, request));
    if (given.kind !== 'claimed') return;
    model.fences.push(fence);
    model.isLabelled = 'labels' in message;
    model.expected = { kind: 'running', owner: message.origin, hash: message.hash, deferrals, messageId, fence };
  });

function expectedClaim(expected: Expected, request: Message & { deferrals: number; messageId: string }) {
  if (expected.kind === 'absent' || expected.kind === 'rejected') return 'claimed';
  if (expected.kind === 'accepting') return expected.hash === request.hash ? 'claimed' : 'id-reused';
  const isOrphan = expected.owner === undefined && expected.hash === request.hash;
  if (expected.owner !== request.origin && !isOrphan) return expected.hash === request.hash ? 'duplicate' : 'id-reused';
  if (expected.kind === 'ended') return 'finished';
  const isSameCopy = expected.deferrals === request.deferrals && expected.messageId === request.messageId;
  return expected.deferrals < request.deferrals || isSameCopy ? 'claimed' : 'duplicate';
}

/** Anybody who ever claimed may try to finish, the latest with its own fence, the others as zombies. */
const finish = (holder: number) =>
  command(`finish(holder ${holder})`, async (model, real) => {
    const fence = model.fences[holder % Math.max(1, model.fences.length)];
    if (fence === undefined) return;
    const record = nextRecord(real, { status: 'succeeded' });
    const { expected } = model;
    const isHolder = expected.kind === 'running' && expected.fence === fence;
    const isRetry = expected.kind === 'ended' && expected.fence === fence;
    expect(await store.finish({ fence, record })).toBe(isHolder || isRetry ? 'finished' : 'superseded');
    if (isHolder) model.expected = { kind: 'ended', owner: expected.owner, hash: expected.hash, record, fence };
  });

const expire = command('expire', async (model, real) => {
  const { expected } = model;
  const record = nextRecord(real, { status: 'expired' });
  const ended = await store.expire(record);
  if (expected.kind === 'running') model.expected = { kind: 'ended', owner: expected.owner, hash: expected.hash, record };
  if (expected.kind === 'accepting') model.expected = { kind: 'ended', owner: undefined, hash: expected.hash, record };
  if (model.expected.kind === 'absent') expect(ended).toBeUndefined();
  if (model.expected.kind === 'ended') expect(ended?.record).toEqual(model.expected.record);
});

const finishDead = (message: Message) =>
  command(`finishDead(${message.origin})`, async (model, real) => {
    const { expected } = model;
    const record = nextRecord(real, { status: 'failed', reason: 'dead-lettered' });
    const ended = await store.finishDead({ origin: message.origin, record, hash: message.hash });
    const isFree = expected.kind === 'absent' || (expected.kind === 'accepting' && expected.hash === message.hash);
    if (isFree || (expected.kind === 'running' && expected.owner === message.origin)) {
      const hash = expected.kind === 'absent' ? undefined : expected.hash;
      model.expected = { kind: 'ended', owner: message.origin, hash, record };
    }
    if (model.expected.kind !== 'ended') return;
    expect(ended?.record).toEqual(model.expected.owner === message.origin ? model.expected.record : undefined);
  });

const reject = (message: Message) =>
  command(`reject(${message.origin})`, async (model, real) => {
    const record = nextRecord(real, { status: 'rejected', messageId: message.origin });
    await store.reject(record, message);
    const { expected } = model;
    const isItsOwn = expected.kind === 'accepting' && expected.hash === message.hash;
    if (expected.kind === 'absent' || expected.kind === 'rejected' || isItsOwn) model.expected = { kind: 'rejected', record };
  });

const accept = (hash: string) =>
  command(`accept(${hash}) by the gateway`, async (model, real) => {
    const { expected } = model;
    const request = {
      tenant: 'acme',
      id: real.id,
      hash,
      deadline: DEADLINE,
      acceptedAt: 0,
      route: 'default',
      priority: 'standard',
      ...(hash === 'two' ? { labels: { campaign: 'spring' } } : {}),
    } as const;
    const given = await intake.accept(request);
    if (expected.kind === 'absent' || expected.kind === 'rejected') {
      expect(given).toEqual({ kind: 'accepted' });
      model.expected = { kind: 'accepting', hash };
      model.isLabelled = hash === 'two';
    } else expect(given.kind).toBe(expected.hash === hash ? 'known' : 'id-reused');
  });

const cancel = command('cancel by its producer', async (model, real) => {
  const { expected } = model;
  const record = nextRecord(real, { status: 'failed', reason: 'cancelled' });
  const ended = await deletion.cancel(record);
  if (expected.kind === 'running') model.expected = { kind: 'ended', owner: expected.owner, hash: expected.hash, record };
  if (expected.kind === 'accepting') model.expected = { kind: 'ended', owner: undefined, hash: expected.hash, record };
  if (model.expected.kind === 'absent') expect(ended).toBeUndefined();
  else
    expect(ended?.record).toEqual(
      model.expected.kind === 'ended' || model.expected.kind === 'rejected' ? model.expected.record : undefined,
    );
});

/** Erases what was read at any time before: it may have changed since. */
const erase = command('erase by its producer', async (model, real) => {
  const { expected } = model;
  const read = expected.kind === 'ended' || expected.kind === 'rejected' ? expected.record : nextRecord(real, { status: 'succeeded' });
  const record = eraseRecord(read, NOW);
  const isThere = expected.kind === 'ended' || expected.kind === 'rejected';
  expect(await deletion.erase(record)).toBe(isThere ? 'erased' : 'changed');
  if (!isThere) return;
  model.expected = { ...expected, record };
  model.isLabelled = false;
});

const closeSwept = command('closeSwept', async ({ expected }, real) => {
  // The sweeper closes what it has told, which has ended.
  if (expected.kind === 'ended') await store.closeSwept(key(real));
});

const message = fc.constantFrom(...MESSAGES);
const steps = fc.commands(
  [
    fc.tuple(message, fc.nat(2), fc.nat(1)).map(([each, deferrals, copy]) => claim(each, deferrals, copy)),
    fc.tuple(message, fc.nat(2), fc.nat(1)).map(([each, deferrals, copy]) => claim(each, deferrals, copy)),
    fc.nat(5).map(finish),
    fc.constant(expire),
    message.map(finishDead),
    message.map(reject),
    fc.constantFrom('one', 'two').map(accept),
    fc.constant(cancel),
    fc.constant(erase),
    fc.constant(closeSwept),
  ],
  { maxCommands: 14 },
);

it('keeps at most one ending per request, which never changes, whatever order its messages, their zombies and the sweeper come in', async () => {
  await fc.assert(
    fc.asyncProperty(steps, (commands) =>
      fc.asyncModelRun(
        () => ({
          model: { expected: { kind: 'absent' } as Expected, isLabelled: false, fences: [] as string[] },
          real: { id: `run-${++runs}`, records: 0 },
        }),
        commands,
      ),
    ),
    { numRuns: 120 },
  );
});
