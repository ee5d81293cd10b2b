import { join } from 'node:path';
import { ask, end, nextMessage } from './child-messages.ts';
import { STUB_CPU, startPinned } from './placement.ts';
import type { StubAddress, StubCounts } from './stub-server.ts';

export type Stub = StubAddress & {
  /** What it saw since the last time. Rejects when it was asked for something that it does not know: the figures would mean nothing. */
  takeCounts: () => Promise<StubCounts>;
  stop: () => Promise<void>;
};

/** Starts the stub as a process of its own. */
export async function startStub(): Promise<Stub> {
  const child = startPinned({ file: join(import.meta.dirname, 'stub-server.ts'), env: process.env, cpu: STUB_CPU });
  const address = await nextMessage<StubAddress>(child);
  return {
    ...address,
    async takeCounts() {
      const counts = await ask<StubCounts>(child, {});
      const unknown = Object.keys(counts.calls).filter((name) => name.startsWith('unknown'));
      if (unknown.length > 0)
        throw new Error(`the stub was asked for what it cannot answer (${unknown.join('; ')}); teach bench/stub-replies.ts`);
      return counts;
    },
    stop: () => end(child),
  };
}
