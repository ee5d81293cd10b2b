/** A clock that jumps to the next timer when nothing else can run. Times in milliseconds since the epoch. */
export type VirtualClock = {
  now: () => number;
  /** As `setTimeout` of `node:timers/promises`; it is aborted as that is. */
  sleep: (ms: number, value?: undefined, options?: { signal?: AbortSignal }) => Promise<void>;
  /** Does something later; what it throws ends the run. */
  after: (ms: number, work: () => unknown) => void;
  /** Lets time pass until this is true; throws what work threw. */
  runUntil: (isOver: () => boolean) => Promise<void>;
};

type Timer = { at: number; order: number; wake: () => void };

export function createVirtualClock(startsAt: number): VirtualClock {
  let now = startsAt;
  let order = 0;
  const failures: unknown[] = [];
  const heap: Timer[] = [];
  const isBefore = (one: Timer, other: Timer) => one.at < other.at || (one.at === other.at && one.order < other.order);

  function push(timer: Timer): void {
    let index = heap.push(timer) - 1;
    for (let parent = (index - 1) >> 1; index > 0 && isBefore(timer, heap[parent] as Timer); parent = (index - 1) >> 1) {
      heap[index] = heap[parent] as Timer;
      index = parent;
    }
    heap[index] = timer;
  }

  function pop(): Timer | undefined {
    const [first] = heap;
    const last = heap.pop();
    if (!last || last === first) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Timer, heap[child] as Timer)) child++;
      if (!isBefore(heap[child] as Timer, last)) break;
      heap[index] = heap[child] as Timer;
      index = child;
    }
    heap[index] = last;
    return first;
  }

  const wakeIn = (ms: number, wake: () => void) => push({ at: now + Math.max(0, Math.ceil(ms)), order: order++, wake });
  return {
    now: () => now,
    sleep: (ms, _, { signal } = {}) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const leave = () => reject(signal?.reason);
        signal?.addEventListener('abort', leave, { once: true });
        wakeIn(ms, () => {
          signal?.removeEventListener('abort', leave);
          resolve();
        });
      }),
    after: (ms, work) =>
      wakeIn(ms, () => {
        Promise.resolve()
          .then(work)
          .catch((error: unknown) => failures.push(error));
      }),
    async runUntil(isOver) {
      for (;;) {
        // All that can run without time passing does.
        await new Promise((resolve) => setImmediate(resolve));
        if (failures.length > 0) throw failures[0];
        if (isOver()) return;
        const next = pop();
        if (!next) throw new Error('nothing in this world waits for time any more, and it is not over');
        now = Math.max(now, next.at);
        next.wake();
      }
    },
  };
}
