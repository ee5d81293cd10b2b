import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { listen, type TopTail } from './listen.ts';
import { createTopState, type TopReaders } from './top-state.ts';
import type { TopView } from './top-view.ts';

export type TopPorts = TopReaders & {
  installation: string;
  /** Begins to listen to the bus. */
  openTail: () => Promise<TopTail>;
  now: () => number;
  /** Ends early, without a word, when the signal says so. */
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
};

type TopOptions = {
  /** Shows one picture after so long, and ends. */
  onceAfterMs: number | undefined;
  intervalMs: number;
  show: (view: TopView) => void;
  /** Calls back when what is shown must be drawn anew; gives how to be left in peace. */
  onResize?: ((redraw: () => void) => () => void) | undefined;
  signal: AbortSignal;
};

/** Shows an installation until it is stopped, or once. Ends with what it made on the bus removed. */
export async function runTop(ports: TopPorts, { onceAfterMs, intervalMs, show, onResize, signal }: TopOptions): Promise<ExitCode> {
  const { now, sleep } = ports;
  const state = createTopState(ports);
  // Without a table there is nothing to show, and no reason to begin.
  await state.refresh();
  const ended = new AbortController();
  const both = AbortSignal.any([signal, ended.signal]);
  const tell = (problem: unknown) => state.tell('events', problem);
  const listening = listen({ openTail: ports.openTail, take: state.take, tell, sleep, signal: both, now });
  // It is awaited below, whatever happens until then.
  listening.catch(() => undefined);
  const dispose = onResize?.(() => show(state.view()));
  try {
    return onceAfterMs === undefined ? await showOnAndOn() : await showOnce(onceAfterMs);
  } finally {
    dispose?.();
    ended.abort();
    await listening;
  }

  async function showOnce(afterMs: number): Promise<ExitCode> {
    await sleep(afterMs, signal);
    if (signal.aborted) return EXIT_CODE.interrupted;
    await state.refresh();
    const view = state.view();
    show(view);
    return view.problems.length === 0 ? EXIT_CODE.ok : EXIT_CODE.failed;
  }

  async function showOnAndOn(): Promise<ExitCode> {
    const aborted = abortOf(signal);
    while (!signal.aborted) {
      const begunAt = now();
      show(state.view());
      await sleep(Math.max(0, intervalMs - (now() - begunAt)), signal);
      if (!signal.aborted) await Promise.race([state.refresh(), aborted]);
    }
    return EXIT_CODE.ok;
  }
}

function abortOf(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
