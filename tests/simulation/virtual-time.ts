import { createTimerQueue } from './timer-queue.ts';

/** Now and then everything else of this thread gets its turn. */
const TURN_EVERY = 5_000;

export type VirtualTime = ReturnType<typeof createVirtualTime>;

/**
 * A clock that stands still while anything can run, then jumps to the next timer. Timers of one moment go off in the order in which they
 * were set, so that the same seed gives the same run.
 */
export function createVirtualTime(start: number) {
  const timers = createTimerQueue();
  let now = start;
  const failures: unknown[] = [];
  /** True when something may run that a timer has woken. */
  let isAwake = true;

  const fail = (error: unknown): void => void failures.push(error);
  const at = (time: number, wake: () => void) => timers.push(Math.max(time, now), { wake, isSleep: false });
  const sleep = (milliseconds: number): Promise<void> =>
    new Promise((wake) => timers.push(now + Math.max(0, milliseconds), { wake, isSleep: true }));
  /** Lets timers go off until then or until one of them has woken something; true when all have. */
  const playUntil = (end: number): boolean => {
    if (failures.length > 0) throw failures[0];
    for (let at = timers.nextAt(); at <= end && !isAwake; at = timers.nextAt()) {
      const timer = timers.pop();
      if (!timer) break;
      now = at;
      timer.wake();
      if (timer.isSleep) isAwake = true;
      if (failures.length > 0 && !isAwake) throw failures[0];
    }
    if (isAwake) return false;
    now = end;
    return true;
  };

  return {
    /** Whole milliseconds since the epoch, as `Date.now` gives them. */
    now: () => Math.floor(now),
    at,
    sleep,
    /** Begins work beside everything else; when it fails, so does the run. */
    spawn(work: Promise<unknown>): void {
      isAwake = true;
      work.catch(fail);
    },
    /** Ends the run, also where whoever is told an error would catch it. */
    fail,
    /** Lets time pass until then. What a timer set off has come to rest before the next one goes off. */
    runUntil(end: number): Promise<void> {
      return new Promise((resolve, reject) => {
        whenAtRest((rest) => {
          isAwake = false;
          try {
            if (playUntil(end)) resolve();
            else rest();
          } catch (error) {
            reject(error);
          }
        });
      });
    },
  };
}

/**
 * Does one step after the other, each when all that promises have set off before has come to rest: a tick that is asked for by a promise comes
 * after them all, however long that goes on, and costs no turn of the event loop. A step says by `rest` that there is to be another.
 */
function whenAtRest(step: (rest: () => void) => void): void {
  const settled = Promise.resolve();
  let rounds = 0;
  const go = () => step(rest);
  const goLater = () => {
    if (++rounds % TURN_EVERY === 0) setImmediate(go);
    else process.nextTick(go);
  };
  const rest = () => void settled.then(goLater);
  rest();
}
