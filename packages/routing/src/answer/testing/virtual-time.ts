import type { Sleep } from '../pause.ts';

type Timer = { at: number; wake: () => void };

/** A clock for calls that overlap: it stands still while anything can run, then goes on to the next timer. */
export function createVirtualTime(startsAt: number) {
  let now = startsAt;
  const timers = new Set<Timer>();

  const sleep: Sleep = (milliseconds, _, { signal } = {}) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const leave = () => {
        timers.delete(timer);
        reject(signal?.reason);
      };
      const timer: Timer = {
        // Whole milliseconds, as `Date.now` has them.
        at: now + Math.max(0, Math.ceil(milliseconds)),
        wake: () => {
          signal?.removeEventListener('abort', leave);
          resolve();
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      timers.add(timer);
    });

  /** Lets time pass until the work is over. */
  async function run<Result>(work: Promise<Result>): Promise<Result> {
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    work.then(over, over);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (isOver) return work;
      const next = [...timers].reduce<Timer | undefined>((first, one) => (first && first.at <= one.at ? first : one), undefined);
      if (!next) throw new Error('The work waits for nothing that this clock knows');
      timers.delete(next);
      now = Math.max(now, next.at);
      next.wake();
    }
  }

  return { now: () => now, sleep, run };
}
