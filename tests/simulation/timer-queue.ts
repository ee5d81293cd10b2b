export type Timer = { wake: () => void; isSleep: boolean };

/**
 * Timers by their time, those of one moment in the order in which they came: a binary heap. Times and orders stand in arrays of their own, so that
 * none of the timers that are passed on the way is touched.
 */
export function createTimerQueue() {
  const times: number[] = [];
  const orders: number[] = [];
  const timers: Timer[] = [];
  let pushed = 0;

  const isBefore = (index: number, time: number, order: number): boolean => {
    const own = times[index] as number;
    return own < time || (own === time && (orders[index] as number) < order);
  };
  const put = (index: number, time: number, order: number, timer: Timer): void => {
    times[index] = time;
    orders[index] = order;
    timers[index] = timer;
  };
  const move = (from: number, to: number): void => put(to, times[from] as number, orders[from] as number, timers[from] as Timer);
  /** The place, from the top on, for one that is put in again. */
  const sink = (time: number, order: number): number => {
    let index = 0;
    for (let child = 1; child < times.length; child = 2 * index + 1) {
      if (child + 1 < times.length && isBefore(child + 1, times[child] as number, orders[child] as number)) child++;
      if (!isBefore(child, time, order)) break;
      move(child, index);
      index = child;
    }
    return index;
  };

  return {
    /** When the next one is due; infinite when there is none. */
    nextAt: (): number => times[0] ?? Number.POSITIVE_INFINITY,
    push(time: number, timer: Timer): void {
      const order = pushed++;
      let index = times.length;
      put(index, time, order, timer);
      for (let parent = (index - 1) >> 1; index > 0 && !isBefore(parent, time, order); parent = (index - 1) >> 1) {
        move(parent, index);
        index = parent;
      }
      put(index, time, order, timer);
    },
    /** Takes the next one out; undefined when there is none. */
    pop(): Timer | undefined {
      const [next] = timers;
      const time = times.pop();
      const order = orders.pop();
      const timer = timers.pop();
      if (time !== undefined && order !== undefined && timer && times.length > 0) put(sink(time, order), time, order, timer);
      return next;
    },
  };
}
