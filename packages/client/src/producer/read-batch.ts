import { type InferenceResult, isTerminal } from '@signalbox/contracts';
import { GatewayError, NotAnsweredError } from './producer-error.ts';
import type { ProducerPorts } from './producer-ports.ts';

export type BatchResultOptions = {
  /** The ids of the requests, as `enqueue` and `enqueueBatch` gave them; or the id of a batch that the API gave. */
  batch: string | Iterable<string> | AsyncIterable<string>;
  /** Milliseconds for all of them; 10 minutes if absent. */
  timeoutMs?: number | undefined;
  /** Ends the iteration. */
  signal?: AbortSignal | undefined;
};
type Reading = BatchResultOptions & { ports: Pick<ProducerPorts, 'readResult' | 'listBatch' | 'sleep' | 'now'> };

const USUAL_TIMEOUT_MS = 600_000;
/** Few enough for the gateway's own limits, many enough that reading is not what takes the time. */
const READERS = 16;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/**
 * The result of each request of a batch once, as it ends, in any order: rounds over those that are open, a few at a time. A gateway that is
 * busy or away is asked again, but for the list of a batch; when the time is over it throws NotAnsweredError, and what is open is not lost.
 */
export async function* readBatch(reading: Reading): AsyncGenerator<InferenceResult, void, undefined> {
  const { ports, timeoutMs = USUAL_TIMEOUT_MS, signal } = reading;
  const endsAt = ports.now() + timeoutMs;
  let open = await toUnique(reading);
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 1.5)) {
    const still: string[] = [];
    let askedMs = 0;
    for (let at = 0; at < open.length; at += READERS) {
      if (signal?.aborted) return;
      for (const read of await Promise.all(open.slice(at, at + READERS).map((id) => tryToRead(ports, id, signal)))) {
        if (read.kind === 'result') yield read.result;
        else still.push(read.id);
        if (read.kind === 'open') askedMs = Math.max(askedMs, read.retryAfterMs);
      }
    }
    // What ended shows that the others may soon.
    if (still.length < open.length) pauseMs = FIRST_PAUSE_MS;
    open = still;
    const [first] = open;
    if (first === undefined || signal?.aborted) return;
    const leftMs = endsAt - ports.now();
    if (leftMs <= 0) throw new NotAnsweredError({ id: first, timeoutMs, others: open.length - 1 });
    await pause(ports, Math.min(leftMs, Math.max(pauseMs, askedMs)), signal);
  }
}

type Read = { kind: 'result'; result: InferenceResult } | { kind: 'open'; id: string; retryAfterMs: number };

async function tryToRead(ports: Reading['ports'], id: string, signal: AbortSignal | undefined): Promise<Read> {
  try {
    const result = await ports.readResult(id, signal);
    return result && isTerminal(result.status) ? { kind: 'result', result } : { kind: 'open', id, retryAfterMs: 0 };
  } catch (error) {
    if (signal?.aborted) return { kind: 'open', id, retryAfterMs: 0 };
    if (error instanceof GatewayError && error.isTransient) return { kind: 'open', id, retryAfterMs: error.retryAfterMs ?? 0 };
    throw error;
  }
}

async function pause(ports: Reading['ports'], ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await ports.sleep(ms, signal);
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

async function toUnique({ ports, batch, signal }: Reading): Promise<string[]> {
  const ids = new Set<string>();
  for await (const id of typeof batch === 'string' ? await ports.listBatch(batch, signal) : batch) ids.add(id);
  return [...ids];
}
