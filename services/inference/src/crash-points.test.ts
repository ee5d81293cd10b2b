import { describe, expect, it } from 'vitest';
import {
  answeredOutput,
  answeredWith,
  distinct,
  endedFor,
  type Interference,
  interfereWith,
  makeWorld,
  requestBody,
  START,
  uploadPayload,
  type World,
  waitingFor,
} from './testing/index.ts';

/** A sandbox can be killed before a call has its effect, and after it. */
const KILLS = ['kill', 'kill-after'] as const;

type Scenario = { name: string; make: () => World; answers: number };

const question = { messages: [{ role: 'user', content: [{ text: 'Where is the Louvre?' }] }] };
const withReply = requestBody({ reply: { queue: 'reports' } });

const SCENARIOS: Scenario[] = [
  { name: 'answered at once', answers: 1, make: () => sending(makeWorld(), withReply) },
  {
    name: 'answered with an output that lies in S3',
    answers: 1,
    make: () => sending(makeWorld({ answer: async (input) => answeredOutput(input, 'x'.repeat(20_000)) }), withReply),
  },
  {
    name: 'parked twice, then answered',
    answers: 3,
    make: () => {
      const byAttempt = [waitingFor('unavailable'), waitingFor('throttled', { retryAfterMs: 20_000 })];
      const answer: World['answer'] = (input) => (byAttempt[input.attemptsBefore ?? 0] ?? answeredWith('Paris.'))(input);
      return sending(makeWorld({ answer }), withReply);
    },
  },
  { name: 'refused by the model', answers: 1, make: () => sending(makeWorld({ answer: endedFor('refused') }), withReply) },
  { name: 'read from a claim check', answers: 1, make: () => sendingPayload(makeWorld()) },
  {
    name: 'kept in S3 because the table was down',
    answers: 1,
    make: () => {
      const world = sending(makeWorld(), withReply);
      world.answer = (input) => {
        world.clock.advance(267_000);
        return answeredWith('Paris.')(input);
      };
      world.interfere = ({ name }) => (name === 'store.finish' && world.clock.now < START + 270_000 ? 'fail' : 'none');
      return world;
    },
  },
  {
    name: 'told late because the bus was down',
    answers: 1,
    make: () => {
      const world = sending(makeWorld(), withReply);
      world.interfere = interfereWith({ publish: ['fail'] });
      return world;
    },
  },
];

function sending(world: World, ...bodies: unknown[]): World {
  for (const body of bodies) world.send(body);
  return world;
}

function sendingPayload(world: World): World {
  return sending(world, requestBody({ messages: undefined, reply: { queue: 'reports' }, payload: uploadPayload(world, question) }));
}

/** Kills the worker that makes the call of this index. */
function killAt(world: World, index: number, kill: Interference): void {
  const { interfere } = world;
  world.interfere = async (call) => {
    const isHere = world.calls.length - 1 === index;
    const otherwise = await interfere(call);
    if (!isHere) return otherwise;
    // A call that fails anyway has no effect after which to be killed.
    return otherwise === 'fail' ? 'kill' : kill;
  };
}

async function namesOf({ make }: Scenario): Promise<string[]> {
  const world = make();
  await world.runUntilQuiet();
  return world.callNames();
}

function terminalEvents(world: World): World['events'] {
  return world.events.filter(({ detailType }) => detailType !== 'InferenceDeferred');
}

/** From a model's answer until it is recorded, or stands on the queue as a parked copy that knows of it, only the worker knows it. */
function losesAnswer(names: string[], index: number, kill: Interference): boolean {
  return names.some((name, answered) => {
    if (name !== 'answer') return false;
    const settled = settledAt(names, answered);
    return (index > answered && index < settled) || (index === answered && kill === 'kill-after') || (index === settled && kill === 'kill');
  });
}

function settledAt(names: string[], answered: number): number {
  const isSettling = (name: string, at: number) => {
    if (at <= answered || (name !== 'store.finish' && name !== 'queues.resend')) return false;
    return name === 'queues.resend' || !['store.finish', 'outputs.stash'].includes(names[at + 1] ?? '');
  };
  return names.findIndex(isSettling);
}

describe.each(SCENARIOS)('a request $name', (scenario) => {
  it('ends in one record and one event wherever its worker is killed, and is asked again only where nobody else knew its answer', async () => {
    const names = await namesOf(scenario);
    expect(names.at(-1)).toBe('queues.delete');
    for (const [index, name] of names.entries()) {
      for (const kill of KILLS) {
        const world = scenario.make();
        killAt(world, index, kill);
        const where = `${kill} at ${index}, ${name}, of ${names}`;
        expect(await world.runUntilQuiet(), where).toContain('killed');
        expect(world.item('invoice-1')?.record?.status, where).toMatch(/^(succeeded|failed)$/);
        expect(distinct(terminalEvents(world)), where).toHaveLength(1);
        expect(distinct(world.replies), where).toHaveLength(1);
        expect(world.answersGiven, where).toBe(scenario.answers + (losesAnswer(names, index, kill) ? 1 : 0));
      }
    }
  });
});

describe.each<[string, unknown, string]>([
  ['no JSON', 'no JSON', 'message-1'],
  ['with an unknown route', requestBody({ route: 'nowhere' }), 'invoice-1'],
  [
    'with a payload that is not there',
    requestBody({ messages: undefined, payload: { key: 'payloads/default/x', sha256: '0'.repeat(64) } }),
    'invoice-1',
  ],
])('a message %s', (_, body, id) => {
  it('is rejected, told under one event id and lies in the rejected queue wherever its worker is killed', async () => {
    const make = () => sending(makeWorld(), body);
    const names = await namesOf({ name: 'rejected', make, answers: 0 });
    for (const [index, name] of names.entries()) {
      for (const kill of KILLS) {
        const world = make();
        killAt(world, index, kill);
        const where = `${kill} at ${index}, ${name}, of ${names}`;
        expect(await world.runUntilQuiet(), where).toContain('killed');
        expect(world.item(id)?.record?.status, where).toBe('rejected');
        expect(new Set(world.events.map(({ detail }) => detail.metadata.id)), where).toEqual(new Set(['rejected#message-1']));
        // The queue took the copy, and the message came again because the worker did not live to delete it.
        const isCopied = `${name} ${kill}` === 'queues.reject kill-after' || `${name} ${kill}` === 'queues.delete kill';
        expect(world.rejected.length, where).toBe(isCopied ? 2 : 1);
      }
    }
  });
});

describe('beside a crash at any call', () => {
  const other = requestBody({ messages: [{ role: 'user', content: [{ text: 'Another question' }] }] });

  it.each<[string, (world: World) => Promise<void>]>([
    ['a duplicate at once', async (world) => void sending(world, withReply, withReply)],
    [
      'a duplicate after its end',
      async (world) => {
        sending(world, withReply);
        await world.runUntilQuiet();
        world.clock.advance(3_600_000);
        sending(world, withReply);
      },
    ],
    ['the same id with another body', async (world) => void sending(world, withReply, other)],
  ])('%s changes neither the one record nor the one event', async (name, prepare) => {
    const clean = makeWorld();
    await prepare(clean);
    await clean.runUntilQuiet();
    for (const [index, call] of clean.callNames().entries()) {
      for (const kill of KILLS) {
        const world = makeWorld();
        killAt(world, index, kill);
        await prepare(world);
        await world.runUntilQuiet();
        const where = `${kill} at ${index}, ${call}`;
        expect(world.item('invoice-1')?.record?.status, where).toBe('succeeded');
        expect(distinct(world.eventsOf('InferenceCompleted')), where).toHaveLength(1);
        const rejections = new Set(world.eventsOf('InferenceRejected').map(({ detail }) => detail.metadata.id));
        expect(rejections.size, where).toBe(name.includes('another body') ? 1 : 0);
      }
    }
  });
});
