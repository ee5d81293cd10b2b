/** One model call the simulator saw, as `GET …/attempts` lists it. */
export type AttemptRecord = {
  /** Milliseconds since the epoch at arrival. */
  at: number;
  modelId: string;
  region: string;
  /** HTTP status of the answer's head; 0 while there is none, and for good when the call ends without one. */
  status: number;
  streaming: boolean;
  /** Milliseconds until the last byte; so far, while the call is open. */
  durationMs: number;
  /** Kind of the fault that hit it. */
  fault?: string;
  /** True for a probe of the platform's own. */
  synthetic?: true;
};

/** A call under way. */
export type OpenAttempt = { answered(status: number): void; hitBy(kind: string): void; isSynthetic(): void; end(): void };

export type AttemptLog = {
  begin(call: { modelId: string; region: string; streaming: boolean }): OpenAttempt;
  /** What customers' requests called; with `synthetic` the platform's own probes too. */
  list(options?: { synthetic?: boolean }): AttemptRecord[];
  clear(): void;
};

type Entry = { record: AttemptRecord; endedAt: number | undefined; startedAt: number };

/** Remembers the last `limit` calls in order of arrival. `monotonicNow` measures durations, `now` stamps arrivals. */
export function createAttemptLog({
  limit = 100_000,
  now = Date.now,
  monotonicNow = () => performance.now(),
}: {
  limit?: number;
  now?: () => number;
  monotonicNow?: () => number;
} = {}): AttemptLog {
  let entries: Entry[] = [];
  return {
    begin(call) {
      const entry: Entry = { record: { at: now(), ...call, status: 0, durationMs: 0 }, startedAt: monotonicNow(), endedAt: undefined };
      entries.push(entry);
      // Cutting a tenth at a time keeps a call's share of the copying small.
      if (entries.length > limit * 1.1) entries = entries.slice(-limit);
      return openAttempt(entry, monotonicNow);
    },
    list: ({ synthetic = false } = {}) =>
      entries
        .filter(({ record }) => synthetic || !record.synthetic)
        .slice(-limit)
        .map(({ record, startedAt, endedAt }) => ({ ...record, durationMs: Math.round((endedAt ?? monotonicNow()) - startedAt) })),
    clear() {
      entries = [];
    },
  };
}

function openAttempt(entry: Entry, monotonicNow: () => number): OpenAttempt {
  return {
    answered(status) {
      entry.record.status = status;
    },
    hitBy(kind) {
      entry.record.fault = kind;
    },
    isSynthetic() {
      entry.record.synthetic = true;
    },
    end() {
      entry.endedAt ??= monotonicNow();
    },
  };
}
