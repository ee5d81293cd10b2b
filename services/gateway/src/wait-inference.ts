import { type InferenceResult, isTerminal } from '@signalbox/contracts';

type Ports = {
  /** The result, or how it stands; rejects when the tenant has no such inference. */
  read: (wanted: { tenant: string; id: string }) => Promise<InferenceResult>;
  sleep: (ms: number) => Promise<void>;
  now: () => number;
  /** From 0 up to 1. */
  random: () => number;
};

type Input = {
  tenant: string;
  id: string;
  waitSeconds: number;
  /** Until the function that waits is stopped. */
  remainingMs: number;
};

/** Left of the function's time to read the answer, from S3 if it is large, and to hand it over. */
const MARGIN_MS = 2_500;
/** The longest that a pause can be, at first and then. */
const FIRST_PAUSE_MS = 200;
const PAUSE_GROWTH = 1.5;
const LONGEST_PAUSE_MS = 1_000;

/** Reads at once and then again and again, until the inference has ended or the time is over; answers what it read last. */
export function createWaitInference({ read, sleep, now, random }: Ports) {
  return async function waitInference({ tenant, id, waitSeconds, remainingMs }: Input): Promise<InferenceResult> {
    const endsAt = now() + Math.min(waitSeconds * 1_000, remainingMs - MARGIN_MS);
    let result = await read({ tenant, id });
    for (let pauses = 0; !isTerminal(result.status) && now() < endsAt; pauses++) {
      await sleep(Math.min(endsAt - now(), pauseMs(pauses, random())));
      result = await read({ tenant, id });
    }
    return result;
  };
}

/** Half of each pause is by chance, so that callers who came together do not read together. */
function pauseMs(pauses: number, chance: number): number {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * PAUSE_GROWTH ** pauses);
  return (longest * (1 + chance)) / 2;
}
