import type { Json } from '@signalbox/contracts';
import { UnavailableError } from '@signalbox/runtime/errors';
import type { Ports, StashedEnding } from '../ports.ts';
import { type CallThrough, throughAll } from './interference.ts';
import type { World } from './make-world.ts';

export const BUCKET = 'signalbox-test-data';
export const QUEUE_URL = 'https://sqs.test/signalbox-test-standard';

/** What each sandbox has for itself. */
export type Sandbox = { worker: number; random: () => number; newId: () => string };

/** The ports of one sandbox onto the world, each call subject to interference. */
export function portsOf(world: World, call: CallThrough, { random, newId }: Sandbox): Ports {
  const { clock } = world;
  return {
    stage: 'test',
    bucket: BUCKET,
    store: throughAll(call, 'store', world.store),
    withPayload: (work) => work(),
    readPayload: (key, limits) => call('readPayload', () => readPayload(world, key, limits)),
    outputs: throughAll(call, 'outputs', outputsOf(world)),
    queues: throughAll(call, 'queues', queuesOf(world)),
    publish: (event) => call('publish', async () => void world.events.push(structuredClone(event))),
    table: {
      get: async () => world.tables.current,
      refresh: async () => {
        world.tables.current = world.tables.next ?? world.tables.current;
      },
    },
    overlay: { get: async () => world.overlay },
    answer: (input) =>
      call('answer', async () => {
        const result = await world.answer(input);
        world.answersGiven++;
        return result;
      }),
    reserve: (asked) => call('reserve', () => world.reserve(asked)),
    count: (used) => void world.counted.push(used),
    observe: (seen) => void world.observed.push(seen),
    note: (level, message, detail) => void world.notes.push({ level, message, detail }),
    now: () => clock.now,
    random,
    newId,
    sleep: async (milliseconds) => clock.advance(milliseconds),
  };
}

function queuesOf(world: World): Ports['queues'] {
  return {
    async resend({ queueUrl, body, attributes, delaySeconds }) {
      if (queueUrl !== QUEUE_URL) throw new Error(`A message was parked on ${queueUrl}, not on its own queue.`);
      if (!Number.isInteger(delaySeconds) || delaySeconds < 0 || delaySeconds > 900)
        throw new Error(`SQS takes no delay of ${delaySeconds} s.`);
      world.queue.send({ body, attributes, delaySeconds });
    },
    async reject(message) {
      world.rejected.push(structuredClone(message));
    },
    async reply(queue, result) {
      world.replies.push(structuredClone({ queue, result }));
    },
  };
}

function outputsOf({ objects }: World): Ports['outputs'] {
  return {
    async put(where, json) {
      const key = `outputs/${where.tenant}/${where.id}/${where.fence}.json`;
      objects.set(key, json);
      return { key };
    },
    async read(key) {
      const text = objects.get(key);
      if (typeof text !== 'string') throw new UnavailableError({ message: 'The output of an inference is not in S3.' });
      return JSON.parse(text) as Json;
    },
    link: async (key) => `https://s3.test/${key}?signed`,
    async stash(where, ending) {
      const key = `stashed/${where.tenant}/${where.id}/${where.fence}.json`;
      objects.set(key, JSON.stringify(ending));
      return key;
    },
    async readStash(key) {
      const text = objects.get(key);
      return typeof text === 'string' ? (JSON.parse(text) as StashedEnding) : undefined;
    },
  };
}

async function readPayload(
  { objects }: World,
  key: string,
  { maxBytes }: { maxBytes: number },
): Promise<Uint8Array | 'too-large' | undefined> {
  const object = objects.get(key);
  if (object === undefined) return undefined;
  const bytes = typeof object === 'string' ? Buffer.from(object) : object;
  return bytes.byteLength > maxBytes ? 'too-large' : bytes;
}
