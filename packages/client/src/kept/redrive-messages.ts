import type { Priority, Problem } from '@signalbox/contracts';
import type { Producer } from '../producer/create-producer.ts';
import { InvalidRequestError, NotSentError } from '../producer/producer-error.ts';
import type { HeldMessage, KeptStore } from './kept-message.ts';
import { prepareRedrive, type RedriveRules } from './prepare-redrive.ts';

/** What became of one message. Only `sent` ones no longer lie where they were. */
export type Redriven = { origin: string; requestId: string } & (
  | { kind: 'sent'; id: string; priority: Priority }
  /** Sent, and still lying there: sent again it is the same inference. */
  | { kind: 'not-removed'; id: string; priority: Priority; reason: string }
  | { kind: 'broken'; problems: readonly Problem[] }
  | { kind: 'failed'; id: string; reason: string }
  /** Its id was sent a moment ago: it came back, or there are two of it. */
  | { kind: 'again' }
);

export type RedriveRun = {
  store: KeptStore;
  producer: Pick<Producer, 'enqueue'>;
  rules: RedriveRules;
  /** Which ones, by any of their names; undefined for all. */
  ids: readonly string[] | undefined;
  limit: number;
  signal: AbortSignal;
  tell: (redriven: Redriven) => void;
};

/** Sends again what can be sent; gives the names that fit nothing, and whether the limit ended it. */
export async function redriveMessages(run: RedriveRun): Promise<{ missing: string[]; looked: number }> {
  const { store, ids, limit, signal, tell } = run;
  const wanted = new Set(ids ?? []);
  const sentIds = new Set<string>();
  let looked = 0;
  for await (const messages of store.walk({ limit, signal })) {
    looked += messages.length;
    const chosen = ids ? messages.filter((message) => nameIn(wanted, message, ids) !== undefined) : messages;
    await Promise.all(
      chosen.map(async (message) => {
        tell(await redriveOne(run, message, sentIds));
      }),
    );
    if (signal.aborted || (ids && wanted.size === 0)) break;
  }
  return { missing: [...wanted], looked };
}

/** The name by which a message was asked for; it is then found. */
function nameIn(wanted: Set<string>, { origin, messageId = origin, requestId }: HeldMessage, ids: readonly string[]): string | undefined {
  const name = [origin, messageId, requestId].find((one) => ids.includes(one));
  if (name !== undefined) wanted.delete(name);
  return name;
}

async function redriveOne({ producer, rules }: RedriveRun, message: HeldMessage, sentIds: Set<string>): Promise<Redriven> {
  const { origin, requestId } = message;
  // What is refused once more lies there again at once: sent again and again it would never end.
  if (sentIds.has(requestId)) return { origin, requestId, kind: 'again' };
  const redrive = prepareRedrive(message, rules);
  if (redrive.kind === 'broken') return { origin, requestId, ...redrive };
  const { request, priority } = redrive;
  sentIds.add(request.id);
  try {
    await producer.enqueue(request, { priority });
  } catch (error) {
    if (error instanceof InvalidRequestError) return { origin, requestId, kind: 'broken', problems: error.problems };
    if (error instanceof NotSentError) return { origin, requestId, kind: 'failed', id: request.id, reason: error.message };
    throw error;
  }
  try {
    await message.remove();
    return { origin, requestId, kind: 'sent', id: request.id, priority };
  } catch (error) {
    return {
      origin,
      requestId,
      kind: 'not-removed',
      id: request.id,
      priority,
      reason: error instanceof Error ? error.message : String(error),
    };
  }
}
