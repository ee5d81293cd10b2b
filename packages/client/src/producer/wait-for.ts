import { type InferenceResult, isTerminal } from '@signalbox/contracts';
import { GatewayError, NotAnsweredError } from './producer-error.ts';
import type { ProducerPorts } from './producer-ports.ts';

export type WaitOptions = {
  /** Milliseconds; 60,000 if absent. */
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
};
type Waiting = WaitOptions & { ports: Pick<ProducerPorts, 'readResult' | 'sleep' | 'random' | 'now'>; id: string };

const USUAL_TIMEOUT_MS = 60_000;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 2_000;

/** Asks for the result, ever less often, until there is one. A gateway that is busy or away is asked again; the wait ends with the time. */
export async function waitFor({ ports, id, timeoutMs = USUAL_TIMEOUT_MS, signal }: Waiting): Promise<InferenceResult> {
  const endsAt = ports.now() + timeoutMs;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 1.5)) {
    const read = await tryToRead(ports, id, signal);
    if (read.kind === 'result') return read.result;
    const leftMs = endsAt - ports.now();
    if (leftMs <= 0) throw read.error ?? new NotAnsweredError({ id, timeoutMs });
    const pauseMs = Math.max(waitMs * (0.75 + ports.random() / 2), read.error?.retryAfterMs ?? 0);
    await ports.sleep(Math.min(leftMs, pauseMs), signal);
  }
}

type Read = { kind: 'result'; result: InferenceResult } | { kind: 'not-yet'; error?: GatewayError };

async function tryToRead(ports: Waiting['ports'], id: string, signal: AbortSignal | undefined): Promise<Read> {
  try {
    const result = await ports.readResult(id, signal);
    return result && isTerminal(result.status) ? { kind: 'result', result } : { kind: 'not-yet' };
  } catch (error) {
    if (error instanceof GatewayError && error.isTransient) return { kind: 'not-yet', error };
    throw error;
  }
}
