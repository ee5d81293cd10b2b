import type { InferenceRecord } from '@signalbox/contracts';
import { createInferenceStore, type InferenceStore } from '@signalbox/runtime';
import { below, pick, type Random } from '../event-ruler/chance.ts';

const MESSAGES = [
  { origin: 'a', hash: 'one' },
  { origin: 'b', hash: 'one' },
  { origin: 'c', hash: 'two' },
] as const;
const FENCES = 4;
const NOW = 2_000_000;

type Step = (random: Random) => Promise<unknown>;

/**
 * Takes each request through steps of its life in an order that chance gives: claims, parked copies, zombies, dead letters, sweeps. What
 * the store makes of it is for its own tests to judge; here it only asks what it would ask of the table.
 */
export async function settleAtRandom({ requests, random }: { requests: number; random: Random }): Promise<void> {
  const store = createInferenceStore({ tableName: 'peer-inferences', now: () => NOW });
  for (let number = 0; number < requests; number++) {
    const steps = stepsOf(store, `request-${number}`, number);
    for (let count = 4 + below(random, 8); count > 0; count--) await pick(random, steps)(random).catch(rethrowUnlessVanished);
    if (number % 10 === 9) await store.findOverdue(NOW, 80);
  }
}

/** The store rejects a finish of what is not there: here that is an answer like any other. */
function rethrowUnlessVanished(error: Error): void {
  if (!error.message.includes('was deleted while it was being written')) throw error;
}

function stepsOf(store: InferenceStore, id: string, number: number): Step[] {
  const claim: Step = (random) => {
    const message = pick(random, MESSAGES);
    const deferrals = below(random, 3);
    const messageId = deferrals === 0 ? message.origin : `${message.origin}-${deferrals}-${below(random, 2)}`;
    const fence = `fence-${below(random, FENCES)}`;
    // No two deadlines are the same: the order of equals in an index is nobody's promise.
    const times = { deadline: NOW - 50_000 + number * 1_000, acceptedAt: 0 };
    return store.claim({ tenant: 'acme', id, ...message, messageId, deferrals, fence, ...times, route: 'default', priority: 'standard' });
  };
  const finish: Step = (random) =>
    store.finish({
      fence: `fence-${below(random, FENCES)}`,
      record: recordOf(id, { status: 'succeeded' }),
      ...pick(random, [{}, { output: { json: '{"text":"Paris"}' } }, { output: { key: `outputs/${id}.json` } }]),
    });
  return [
    claim,
    claim,
    claim,
    finish,
    finish,
    () => store.expire(recordOf(id, { status: 'expired' })),
    (random) =>
      store.finishDead({ origin: pick(random, MESSAGES).origin, record: recordOf(id, { status: 'failed', reason: 'dead-lettered' }) }),
    (random) => store.reject(recordOf(id, { status: 'rejected', messageId: pick(random, MESSAGES).origin })),
    () => store.closeSwept(`acme#${id}`),
    () => store.get('acme', id),
  ];
}

function recordOf(id: string, changes: Partial<InferenceRecord>): InferenceRecord {
  return {
    schemaVersion: '1.0',
    id,
    tenant: 'acme',
    status: 'succeeded',
    route: 'default',
    priority: 'standard',
    messageId: 'a',
    deferrals: 0,
    timing: { queuedMs: 31, totalMs: 860 },
    attempts: [],
    outputBytes: 0,
    deadline: '2026-09-22T15:33:20.000Z',
    finishedAt: '2026-09-21T15:33:20.860Z',
    ...changes,
  };
}
