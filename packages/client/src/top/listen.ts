import type { BusTail } from '../events/tail-bus.ts';

export type TopTail = Pick<BusTail, 'receive' | 'touch' | 'close'>;
type Listening = {
  openTail: () => Promise<TopTail>;
  /** Gets bodies as they come. */
  take: (bodies: string[]) => void;
  /** Gets what went wrong, and undefined when it went right again. */
  tell: (problem: unknown) => void;
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  signal: AbortSignal;
  now: () => number;
};

/** SQS gives ten messages a call: under load one caller would fall behind. */
const RECEIVERS = 4;
const RETRY_MS = 3_000;
const TOUCH_EVERY_MS = 600_000;

/** Listens until it is stopped, and removes what it made for that. What fails on the way is told, and tried again; only the removal rejects. */
export async function listen({ openTail, take, tell, sleep, signal, now }: Listening): Promise<void> {
  const tail = await tryAgain(openTail);
  if (!tail) return;
  let touchedAt = now();
  try {
    await Promise.all(Array.from({ length: RECEIVERS }, receiveAll));
  } finally {
    await tail.close();
  }

  async function receiveAll(): Promise<void> {
    while (!signal.aborted) {
      const bodies = await tryAgain(receiveOnce);
      if (bodies) take(bodies);
    }
  }

  async function receiveOnce(): Promise<string[]> {
    const bodies = (await tail?.receive(signal)) ?? [];
    if (now() - touchedAt < TOUCH_EVERY_MS) return bodies;
    touchedAt = now();
    await tail?.touch();
    return bodies;
  }

  /** Undefined when it was stopped meanwhile. */
  async function tryAgain<Result>(what: () => Promise<Result>): Promise<Result | undefined> {
    for (;;) {
      try {
        const result = await what();
        tell(undefined);
        return result;
      } catch (error) {
        tell(error);
        await sleep(RETRY_MS, signal);
        if (signal.aborted) return undefined;
      }
    }
  }
}
