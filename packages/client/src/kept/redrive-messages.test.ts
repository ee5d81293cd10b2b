import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Producer } from '../producer/create-producer.ts';
import { InvalidRequestError, NotSentError } from '../producer/producer-error.ts';
import type { KeptMessage } from './kept-message.ts';
import { type Redriven, type RedriveRun, redriveMessages } from './redrive-messages.ts';
import { createTestStore, testKept } from './testing/test-kept.ts';

type Enqueue = Producer['enqueue'];

async function redrive(messages: KeptMessage[], own: Partial<RedriveRun> & { enqueue?: Enqueue } = {}) {
  const sent: string[] = [];
  const test = createTestStore(messages);
  const told: Redriven[] = [];
  const enqueue: Enqueue = async ({ id = '' }, options) => {
    await own.enqueue?.({ id }, options);
    sent.push(id);
    return { id };
  };
  const { enqueue: _, ...rest } = own;
  const ended = await redriveMessages({
    ...{ store: test.store, producer: { enqueue }, ids: undefined, limit: 1_000, signal: new AbortController().signal },
    rules: { edits: [], hasNewId: false, table: undefined, now: 0 },
    tell: (redriven) => void told.push(redriven),
    ...rest,
  });
  return { ...ended, sent, told, left: test.left() };
}

const numbered = (count: number, request: (index: number) => unknown = () => ({})) =>
  Array.from({ length: count }, (_, index) => testKept(request(index), { origin: `o${index}` }));

describe('redriveMessages', () => {
  it('removes exactly what was sent, and tells of each once', async () => {
    const fates = fc.array(fc.constantFrom('fine', 'broken', 'refused', 'busy'), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(fates, async (all) => {
        const messages = numbered(all.length, (index) => (all[index] === 'broken' ? { rout: 'x' } : { id: `${all[index]}-${index}` }));
        const enqueue: Enqueue = async ({ id = '' }) => {
          if (id.startsWith('refused')) throw new InvalidRequestError([{ path: 'route', message: 'is none' }]);
          if (id.startsWith('busy')) throw new NotSentError({ id, reason: 'busy' });
          return { id };
        };
        const { sent, told, left } = await redrive(messages, { enqueue });
        const fine = all.flatMap((fate, index) => (fate === 'fine' ? [index] : []));
        expect(sent.sort()).toEqual(fine.map((index) => `fine-${index}`).sort());
        expect(told.map(({ origin }) => origin).sort()).toEqual(messages.map(({ origin }) => origin).sort());
        expect(left).toEqual(messages.flatMap(({ origin }, index) => (fine.includes(index) ? [] : [origin])));
      }),
    );
  });

  it('takes the ones that are named, by any of their names, and says which it did not find', async () => {
    const messages = [
      ...numbered(3),
      testKept({ id: 'mine' }, { origin: 'o9', messageId: 'm9' }),
      testKept({}, { origin: 'o8', messageId: 'm8' }),
    ];
    const { sent, missing, left } = await redrive(messages, { ids: ['o1', 'mine', 'm8', 'none'] });
    expect({ sent: sent.sort(), missing, left }).toEqual({ sent: ['mine', 'o1', 'o8'], missing: ['none'], left: ['o0', 'o2'] });
  });

  it('does not send the same id twice, so that what is refused again does not go round', async () => {
    const test = createTestStore([]);
    const refusedAgain = async function* () {
      for (let round = 0; round < 5; round++) yield [{ ...testKept({ id: 'a' }, { origin: `o${round}` }), remove: async () => undefined }];
    };
    const { sent, told } = await redrive([], { store: { ...test.store, walk: refusedAgain } });
    expect(sent).toEqual(['a']);
    expect(told.map(({ kind }) => kind)).toEqual(['sent', 'again', 'again', 'again', 'again']);
  });

  it('says that a message was sent and still lies there', async () => {
    const test = createTestStore([]);
    const walk = async function* () {
      yield [{ ...testKept({ id: 'a' }), remove: () => Promise.reject(new Error('gone away')) }];
    };
    const { told } = await redrive([], { store: { ...test.store, walk } });
    expect(told).toMatchObject([{ kind: 'not-removed', id: 'a', reason: 'gone away' }]);
  });

  it('ends with what is under way when it is stopped', async () => {
    const stop = new AbortController();
    const enqueue: Enqueue = async ({ id = '' }) => {
      stop.abort();
      return { id };
    };
    const { left } = await redrive(numbered(6), { enqueue, signal: stop.signal });
    expect(left).toEqual(['o2', 'o3', 'o4', 'o5']);
  });
});
