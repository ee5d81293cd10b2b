import { requestHash, toTerminalEvent, unansweredRecord } from '@signalbox/runtime';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSweepDeadlines } from './sweep-deadlines.ts';
import {
  answeredWith,
  distinct,
  endedFor,
  type Interference,
  makeWorld,
  type PortCall,
  type Receipt,
  requestBody,
  START,
  type World,
  waitingFor,
} from './testing/index.ts';

const QUESTIONS = ['Where is the Louvre?', 'Where is the Prado?'];
const MAX_WORKERS = 4;
/** The sweeper's grace, and a little more. */
const SWEPT_AFTER_MS = 61_000;

type Action =
  | { kind: 'send'; id: string; question: number; deadlineSeconds: number | undefined; route: string | undefined }
  | { kind: 'receive' }
  | { kind: 'step'; pick: number; interference: Interference }
  | { kind: 'pass'; seconds: number }
  | { kind: 'sweep' }
  | { kind: 'cancel'; id: string; isTold: boolean };

const send = fc.record({
  kind: fc.constant('send' as const),
  id: fc.constantFrom('one', 'two', 'three'),
  question: fc.nat(QUESTIONS.length - 1),
  deadlineSeconds: fc.constantFrom(undefined, undefined, 100, 1_000),
  route: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, 'nowhere'),
});
const step = fc.record({
  kind: fc.constant('step' as const),
  pick: fc.nat(),
  interference: fc.oneof(
    { weight: 12, arbitrary: fc.constant<Interference>('none') },
    { weight: 1, arbitrary: fc.constantFrom<Interference[]>('fail', 'fail-after', 'kill', 'kill-after') },
  ),
});
/** Its producer gives it up; whoever does so for it is killed before telling, or not. */
const cancel = fc.record({ kind: fc.constant('cancel' as const), id: fc.constantFrom('one', 'two', 'three'), isTold: fc.boolean() });
const actions = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: send },
    { weight: 4, arbitrary: fc.constant<Action>({ kind: 'receive' }) },
    { weight: 14, arbitrary: step },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass' as const), seconds: fc.constantFrom(1, 6, 46, 300) }) },
    { weight: 1, arbitrary: fc.constant<Action>({ kind: 'sweep' }) },
    { weight: 1, arbitrary: cancel },
  ),
  { minLength: 40, maxLength: 160, size: 'max' },
);
const moods = fc.array(fc.constantFrom('answered', 'answered', 'waiting', 'ended'), { maxLength: 20 });

type Sent = { messageId: string; key: string; hash: string };

/** A world whose every port call waits until the test lets it go, in any order. */
class Interleaving {
  readonly world: World;
  readonly sent: Sent[] = [];
  readonly problems: string[] = [];
  readonly #endings = new Map<string, string>();
  #waiting: { call: PortCall; decide: (interference: Interference) => void }[] = [];
  #working = 0;
  #isCalm = false;

  constructor(moodsLeft: string[]) {
    this.world = makeWorld();
    this.world.interfere = (call) => (this.#isCalm ? 'none' : new Promise((decide) => this.#waiting.push({ call, decide })));
    this.world.answer = (input) => {
      const mood = moodsLeft.shift() ?? 'answered';
      if (mood === 'waiting') return waitingFor('unavailable')(input);
      return mood === 'ended' ? endedFor('refused')(input) : answeredWith('Paris.')(input);
    };
  }

  async act(action: Action): Promise<void> {
    switch (action.kind) {
      case 'send':
        this.#send(action);
        break;
      case 'receive':
        if (this.#working < MAX_WORKERS) this.#receive();
        break;
      case 'step':
        this.#step(action);
        break;
      case 'pass':
        this.world.clock.advance(action.seconds * 1_000);
        break;
      case 'sweep':
        await this.#sweep();
        break;
      case 'cancel':
        await this.#cancel(action);
    }
    await settled();
    this.#checkNothingIsLost();
    this.#checkEndingsStay();
  }

  /** Nothing interferes any more; whoever still works goes on. */
  async calmDown(): Promise<void> {
    this.#isCalm = true;
    for (const { decide } of this.#waiting.splice(0)) decide('none');
    await settled();
    await this.world.runUntilQuiet();
    this.world.clock.advance(SWEPT_AFTER_MS);
    await this.#sweep();
    this.#checkNothingIsLost();
    this.#checkEndingsStay();
  }

  #send({ id, question, deadlineSeconds, route }: Extract<Action, { kind: 'send' }>): void {
    const deadline = deadlineSeconds && new Date(START + deadlineSeconds * 1_000).toISOString();
    const body = requestBody({ id, route, deadline, messages: [{ role: 'user', content: [{ text: QUESTIONS[question] }] }] });
    this.sent.push({ messageId: this.world.send(body), key: `default#${id}`, hash: requestHash(body) });
  }

  #receive(): void {
    const receipt = this.world.receive();
    if (!receipt) return;
    this.#working++;
    const done = (result: Receipt) => {
      this.#working--;
      const error = typeof result === 'object' ? result.error : undefined;
      if (error instanceof Error && error.name !== 'UnavailableError') this.problems.push(`a bug: ${error.stack}`);
    };
    void receipt.then(done);
  }

  #step({ pick, interference }: Extract<Action, { kind: 'step' }>): void {
    const [chosen] = this.#waiting.splice(pick % Math.max(1, this.#waiting.length), 1);
    chosen?.decide(interference);
  }

  async #sweep(): Promise<void> {
    const { store, events, clock } = this.world;
    const publish = async (event: World['events'][number]) => void events.push(structuredClone(event));
    await createSweepDeadlines({ store, publish, stage: 'test', now: () => clock.now })();
  }

  async #cancel({ id, isTold }: Extract<Action, { kind: 'cancel' }>): Promise<void> {
    const { store, events, clock } = this.world;
    const item = await store.get('default', id);
    if (!item || item.record) return;
    const error = { code: 'cancelled', message: 'Its producer cancelled it.' };
    const ended = await store.cancel(unansweredRecord({ item, now: clock.now, ending: { status: 'failed', reason: 'cancelled', error } }));
    const event = ended?.record && toTerminalEvent(ended.record, { stage: 'test' });
    if (!isTold || !event) return;
    events.push(structuredClone(event));
    await store.closeSwept(item.key);
  }

  /** Submitted = ended + on the queue: an id has a terminal record, or a message of it is still there. */
  #checkNothingIsLost(): void {
    for (const { messageId, key } of this.sent) {
      const hasEnded = this.world.store.items.get(key)?.record !== undefined;
      const isThere = this.sent.some((sent) => sent.key === key && this.#isOnQueue(sent.messageId));
      if (!hasEnded && !isThere) this.problems.push(`${key} is neither ended nor on the queue (${messageId})`);
    }
  }

  #isOnQueue(messageId: string): boolean {
    const copies = this.world.queue.sent.filter((copy) => (copy.attributes['origin-message-id'] ?? copy.messageId) === messageId);
    return copies.some((copy) => this.world.queue.has(copy.messageId));
  }

  #checkEndingsStay(): void {
    for (const [key, { record }] of this.world.store.items) {
      const known = this.#endings.get(key);
      const json = JSON.stringify(record);
      if (known !== undefined && known !== json) this.problems.push(`${key} ended twice: ${known}, ${json}`);
      if (record && record.status !== 'rejected') this.#endings.set(key, json);
    }
  }
}

/** Workers go on in microtasks until each waits at its next call. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function eventsById(world: World, id: string): World['events'] {
  return distinct(world.events.filter(({ detail }) => detail.metadata.id === id));
}

describe('whatever the order of calls, failures, kills and duplicates', () => {
  it('each request ends in one record and one event, each other message under its id is rejected or a duplicate, and nothing is lost', async () => {
    const property = fc.asyncProperty(actions, moods, async (taken, moodsLeft) => {
      const run = new Interleaving([...moodsLeft]);
      for (const action of taken) await run.act(action);
      await run.calmDown();
      expect(run.problems).toEqual([]);
      expect(run.world.queue.dead).toEqual([]);
      for (const sent of run.sent) checkSettled(run.world, sent);
      for (const [key, { record }] of run.world.store.items) {
        expect(eventsById(run.world, `${key}#end`), key).toHaveLength(record?.status === 'rejected' ? 0 : 1);
      }
    });
    await fc.assert(property, { numRuns: 500 });
  });
});

function checkSettled({ store, events, rejected }: World, { messageId, key, hash }: Sent): void {
  const item = store.items.get(key);
  const isTold = events.some(({ detail }) => detail.metadata.id === `rejected#${messageId}`);
  const lies = rejected.some(({ attributes }) => attributes['origin-message-id'] === messageId);
  expect(item?.record, key).toBeDefined();
  if (item?.owner === messageId && item.record?.status !== 'rejected') expect([isTold, lies], `${messageId} ended`).toEqual([false, false]);
  if (item?.hash !== hash) expect([isTold, lies], `${messageId} has another body`).toEqual([true, true]);
  expect(isTold, `${messageId} is told where it lies`).toBe(lies);
}
