import type { InferenceResult } from '@signalbox/contracts';
import type { Producer } from '../producer/create-producer.ts';
import { NotAnsweredError } from '../producer/producer-error.ts';

export type SentLine = { line: number; id: string };
export type WaitedFor = SentLine & ({ kind: 'ended'; result: InferenceResult } | { kind: 'waiting' });

type Waiting = {
  producer: Pick<Producer, 'waitFor'>;
  lines: readonly SentLine[];
  timeoutMs: number;
  signal: AbortSignal;
  now: () => number;
  tell: (waitedFor: WaitedFor) => void;
};

/** Few enough for the gateway's own limits, many enough that reading is not what takes the time. */
const READERS = 16;

/** Reads the result of each, a few at a time, and tells it as it comes; what has none when the time is over is told as waiting. */
export async function waitForAll({ producer, lines, timeoutMs, signal, now, tell }: Waiting): Promise<void> {
  const endsAt = now() + timeoutMs;
  const left = lines.values();
  const broken = new AbortController();
  const read = async (): Promise<void> => {
    for (const sent of left) {
      if (signal.aborted || broken.signal.aborted) return;
      tell({ ...sent, ...(await waitForOne(sent.id)) });
    }
  };
  const waitForOne = async (id: string): Promise<{ kind: 'ended'; result: InferenceResult } | { kind: 'waiting' }> => {
    try {
      const timeout = { timeoutMs: Math.max(0, endsAt - now()) };
      return { kind: 'ended', result: await producer.waitFor(id, { ...timeout, signal: AbortSignal.any([signal, broken.signal]) }) };
    } catch (error) {
      if (error instanceof NotAnsweredError || signal.aborted || broken.signal.aborted) return { kind: 'waiting' };
      broken.abort();
      throw error;
    }
  };
  await Promise.all(Array.from({ length: READERS }, read));
}
