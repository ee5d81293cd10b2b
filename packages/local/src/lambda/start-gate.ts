import { availableParallelism } from 'node:os';

/** Lets so many through at once; the rest wait in line. `enter` resolves with the function that makes room for the next. */
export type Gate = { enter(): Promise<() => void> };

export function createGate(limit: number): Gate {
  const waiting: (() => void)[] = [];
  let inside = 0;
  const leave = () => {
    const next = waiting.shift();
    if (next === undefined) inside -= 1;
    else next();
  };
  return {
    async enter() {
      if (inside >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
      else inside += 1;
      return leave;
    },
  };
}

/**
 * Threads of this process that load their function at the same time. A burst that starts hundreds at once would have them
 * fight for two cores and one memory map, at twice the CPU each, until their init times run out.
 */
export const startGate: Gate = createGate(availableParallelism() * 2);
