/** What a source gave: a value, or word that nothing changed since the last load. */
export type Loaded<T> = { kind: 'value'; value: T; seq?: number } | { kind: 'unchanged' };

export type LiveDocument<T> = {
  /** The document as it is known now; waits only when nothing is known yet or what is known is past its hard age. */
  get(): Promise<T>;
  /** Loads at once unless a load is under way, which is then awaited. Never rejects. */
  refresh(): Promise<void>;
};

type Options<T> = {
  /** Fetches and parses. May reject: then the last good value stays. */
  load: () => Promise<Loaded<T>>;
  /** Used when nothing could be loaded yet. */
  initial: () => Promise<T> | T;
  /** Older than this: refresh in the background. Milliseconds. */
  softAgeMs: number;
  /** Older than this, as after a freeze: wait for the refresh, up to `maxWaitMs`. Milliseconds. */
  hardAgeMs: number;
  maxWaitMs?: number;
  now?: () => number;
  onError: (error: unknown) => void;
};

/** A cold start does not wait longer for a source that hangs; what it brings later is taken then. */
const FIRST_WAIT_MS = 1_500;

/**
 * A document that others change while this process runs. One load in flight at any concurrency, at most one per soft age;
 * the last good value on any error; frozen; a lower sequence is never accepted. Powertools' providers are wrapped in this because
 * they poll once per concurrent caller and throw when a refresh fails (facts measured with 2.35.0, docs/decisions).
 */
export function createLiveDocument<T>({
  load,
  initial,
  softAgeMs,
  hardAgeMs,
  maxWaitMs = 150,
  now = Date.now,
  onError,
}: Options<T>): LiveDocument<T> {
  let known: { value: T } | undefined;
  let highestSeq = Number.NEGATIVE_INFINITY;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let inFlight: Promise<void> | undefined;
  let first: Promise<void> | undefined;

  async function loadOnce(): Promise<void> {
    try {
      const loaded = await load();
      if (loaded.kind === 'unchanged' || (loaded.seq ?? highestSeq) < highestSeq) return;
      highestSeq = loaded.seq ?? highestSeq;
      known = { value: deepFreeze(loaded.value) };
    } catch (error) {
      onError(error);
    } finally {
      checkedAt = now();
    }
  }

  function refresh(): Promise<void> {
    inFlight ??= loadOnce().finally(() => {
      inFlight = undefined;
    });
    return inFlight;
  }

  async function loadFirst(): Promise<void> {
    await within(refresh(), FIRST_WAIT_MS);
    if (known) return;
    const value = deepFreeze(await initial());
    known ??= { value };
  }

  async function firstValue(): Promise<T> {
    first ??= loadFirst().finally(() => {
      first = undefined;
    });
    await first;
    if (!known) throw new Error('unreachable: the first load always leaves a value or rejects');
    return known.value;
  }

  return {
    refresh,
    async get() {
      if (!known) return firstValue();
      const age = now() - checkedAt;
      if (age < softAgeMs) return known.value;
      const refreshed = refresh();
      if (age >= hardAgeMs) await within(refreshed, maxWaitMs);
      return known.value;
    },
  };
}

/** Waits for the promise, but no longer than the limit. */
async function within(promise: Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    promise,
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limitMs);
    }),
  ]);
  clearTimeout(timer);
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
