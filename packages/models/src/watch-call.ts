import type { CallLimits } from '@signalbox/contracts';

/** Why we ended a call ourselves. */
export type StopCause = 'AttemptTimeout' | 'FirstTokenTimeout' | 'IdleTimeout' | 'Cancelled';

/** The clock of one call: it aborts the call when a limit passes or the caller leaves, and remembers which it was. */
export type CallWatch = {
  /** Given to the transport. */
  signal: AbortSignal;
  /** Resolves with the cause at the moment of the stop, whether or not the transport heeds the signal. */
  stopped: Promise<StopCause>;
  /** Undefined while the call may run. */
  cause: () => StopCause | undefined;
  /** Tells the clock that the stream gave an event; from the first content on, the idle limit holds. */
  sawEvent: (hasContent: boolean) => void;
  /** Waits for the caller to take what it was given: until then the idle limit stands still, and only the total limit runs. */
  whileTaken: (taken: Promise<void>) => Promise<void>;
  /** Gives up the connection of a call that is decided already. */
  abandon: () => void;
  /** Ends the timers. To be called whatever came of the call. */
  release: () => void;
};

/** Starts the clock: `totalMs` and `firstTokenMs` run from now, `idleMs` between events from the first content on. */
export function watchCall({ limits, signal }: { limits: CallLimits; signal: AbortSignal }): CallWatch {
  const controller = new AbortController();
  const { promise: stopped, resolve } = Promise.withResolvers<StopCause>();
  let cause: StopCause | undefined;
  const stop = (reason: StopCause) => {
    if (cause) return;
    cause = reason;
    resolve(reason);
    controller.abort();
  };
  const cancel = () => stop('Cancelled');
  const total = setTimeout(stop, limits.totalMs, 'AttemptTimeout');
  let first = startTimer(stop, limits.firstTokenMs, 'FirstTokenTimeout');
  let idle: NodeJS.Timeout | undefined;
  const startIdle = () => {
    clearTimeout(idle);
    if (!cause) idle = startTimer(stop, limits.idleMs, 'IdleTimeout');
  };

  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  return {
    signal: controller.signal,
    stopped,
    cause: () => cause,
    sawEvent: (hasContent) => {
      if (idle) idle.refresh();
      if (!hasContent || idle) return;
      clearTimeout(first);
      first = undefined;
      startIdle();
    },
    whileTaken: async (taken) => {
      clearTimeout(idle);
      await Promise.race([taken, stopped]);
      startIdle();
    },
    abandon: () => controller.abort(),
    release: () => {
      for (const timer of [total, first, idle]) clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
    },
  };
}

function startTimer(stop: (cause: StopCause) => void, afterMs: number | undefined, cause: StopCause): NodeJS.Timeout | undefined {
  return afterMs === undefined ? undefined : setTimeout(stop, afterMs, cause);
}
