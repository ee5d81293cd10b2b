import { EXIT_CODE } from './exit-code.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** One Ctrl-C can arrive twice: from the terminal, and passed on by npm or whatever else started this process. */
const SAME_MS = 500;

/** A signal for the first Ctrl-C (or a polite kill, or a terminal that closes), to end in good order; the second ends the process at once. */
export function onInterrupt(say: () => void): { signal: AbortSignal; dispose: () => void } {
  const stop = new AbortController();
  let firstAt = 0;
  const onSignal = () => {
    if (stop.signal.aborted && Date.now() - firstAt < SAME_MS) return;
    if (stop.signal.aborted) process.exit(EXIT_CODE.interrupted);
    firstAt = Date.now();
    stop.abort();
    say();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    signal: stop.signal,
    dispose: () => {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}
