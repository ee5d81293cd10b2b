import type { ObservedMessage } from '@signalbox/controller/service';
import type { Mail } from './mail.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A batch is handled; gives the messages that are to come again. */
export type HandleBatch = (messages: readonly (ObservedMessage & Mail)[]) => Promise<ReadonlySet<string>>;
/** A container of the consumer; `onDeath` tells when it dies in the middle of an invocation. */
export type StartContainer = (onDeath: () => void) => HandleBatch;

type Options = { time: VirtualTime; startContainer: StartContainer; isAway: () => boolean };
type Queued = ObservedMessage & Mail & { receives: number };
type Container = { handle: HandleBatch; hasDied: boolean; onDeath: () => void };

const BATCH_SIZE = 10;
const MOST_CONTAINERS = 10;
/** What arrives within it is received together. */
const POLL_MS = 100;
const VISIBILITY_MS = 60_000;
const MOST_RECEIVES = 12;
/** How often somebody looks whether the consumer is there again. */
const AWAY_MS = 1_000;

/** The queue of observations and its consumer's containers, each with one batch at a time. What failed comes again after its visibility. */
export function createObservationsQueue({ time, startContainer, isAway }: Options) {
  const waiting: Queued[] = [];
  const idle: Container[] = [];
  const counts = { deadLetters: 0, crashes: 0, mostObservationsWaiting: 0 };
  let busy = 0;
  let messages = 0;
  let isPolled = false;

  const poll = (): void => {
    while (!isAway() && waiting.length > 0 && busy < MOST_CONTAINERS)
      time.spawn(invoke(idle.pop() ?? start(), waiting.splice(0, BATCH_SIZE)));
    if (waiting.length > 0 && isAway()) pollAfter(AWAY_MS);
  };
  const pollAfter = (milliseconds: number): void => {
    if (isPolled) return;
    isPolled = true;
    time.at(time.now() + milliseconds, () => {
      isPolled = false;
      poll();
    });
  };
  const start = (): Container => {
    const container: Container = {
      hasDied: false,
      onDeath: () => undefined,
      handle: startContainer(() => {
        container.hasDied = true;
        container.onDeath();
      }),
    };
    return container;
  };
  const again = (batch: readonly Queued[], receivedAt: number): void => {
    const next = batch.filter(({ receives }) => receives < MOST_RECEIVES);
    counts.deadLetters += batch.length - next.length;
    if (next.length > 0)
      time.at(receivedAt + VISIBILITY_MS, () => push(next.map((message) => ({ ...message, receives: message.receives + 1 }))));
  };
  const push = (some: readonly Queued[]): void => {
    waiting.push(...some);
    counts.mostObservationsWaiting = Math.max(counts.mostObservationsWaiting, waiting.length);
    pollAfter(POLL_MS);
  };

  async function invoke(container: Container, batch: readonly Queued[]): Promise<void> {
    busy++;
    const receivedAt = time.now();
    const failed = await handleOrDie(container, batch);
    busy--;
    if (container.hasDied) counts.crashes++;
    again(
      batch.filter(({ messageId }) => failed.has(messageId)),
      receivedAt,
    );
    if (!container.hasDied) idle.push(container);
    poll();
  }

  return {
    counts,
    send: (mail: Mail) => push([{ messageId: `m${messages++}`, ...mail, receives: 1 }]),
  };
}

/** The messages that are to come again: those that failed, or all when the container dies meanwhile. */
function handleOrDie(container: Container, batch: readonly Queued[]): Promise<ReadonlySet<string>> {
  return new Promise((resolve, reject) => {
    container.onDeath = () => resolve(new Set(batch.map(({ messageId }) => messageId)));
    container.handle(batch).then(resolve, reject);
  });
}
