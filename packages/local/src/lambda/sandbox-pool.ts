import type { Sandbox } from './start-sandbox.ts';

/** The sandboxes of one function: few enough that they are busy, up to the limit; the most recently used first, so that the rest can age out. */
export type SandboxPool = {
  /** A free or a new sandbox, or undefined when the limit is reached. */
  acquire(): Sandbox | undefined;
  /** The same, but waits in line when the limit is reached; undefined when the pool closes first. */
  acquireOrWait(): Promise<Sandbox | undefined>;
  /**
   * A free sandbox, or the next that others free, or a new one when that would come sooner; undefined when as many calls as may be at once
   * are under way. One of many callers at once: a start for each of them would have them all wait for each other's. A stream holds its sandbox
   * for long, so for each a new one is started when none is free, a few at a time, until a freed one comes first.
   */
  acquireSoon(options?: { isStream: boolean }): Promise<Sandbox | undefined>;
  release(sandbox: Sandbox): void;
  /** Forgets a sandbox that has ended, and gives its place to whoever waits. */
  remove(sandbox: Sandbox): void;
  reap(idleSinceBefore: number): void;
  /** Kills every sandbox now. */
  close(): Promise<void>;
  /** Takes no more work, but lets running and waiting invocations finish: the function has a new definition. */
  retire(): void;
  find(accessKeyId: string): Sandbox | undefined;
  count(): { sandboxes: number; busy: number; waiting: number };
};

/** `mayStart`: gets a new sandbox as soon as its limit lets it, and not only one that others free. */
type Waiter = { since: number; mayStart: boolean; isStream: boolean; resolve: (sandbox: Sandbox | undefined) => void };

type Options = {
  /** Sandboxes. */
  limit: number;
  /** Sandboxes when the one that is wanted is for a stream; `limit` when absent. */
  streamLimit?: number;
  /** Calls of `acquireSoon` that run or wait. */
  callLimit: number;
  start: (events: { onReady: (sandbox: Sandbox) => void; onExit: (sandbox: Sandbox) => void }) => Sandbox;
  now: () => number;
};

/** As many starts as run at once anyway; more would only keep streams from the sandboxes that are freed meanwhile. */
const STREAM_STARTS = 4;

/** How often a line is looked at, so that it grows by no more than a sandbox in this time as long as it moves. */
const LOOK_EVERY_MS = 50;

export function createSandboxPool(options: Options): SandboxPool {
  const { limit, callLimit, now, streamLimit = limit } = options;
  const all = new Set<Sandbox>();
  const idle: { sandbox: Sandbox; since: number }[] = [];
  const waiters: Waiter[] = [];
  /** Since when each that is not ready yet has been starting. */
  const starting = new Map<Sandbox, number>();
  let coldStartMs = 0;
  let movedAt = now();
  let lookTimer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let isRetired = false;

  const takeIdle = (): Sandbox | undefined => {
    // One that was killed stays here until its thread has ended.
    for (let free = idle.pop(); free !== undefined; free = idle.pop()) if (free.sandbox.isAlive()) return free.sandbox;
    return undefined;
  };
  const startOne = (isStream = false): Sandbox | undefined => {
    if (isClosed || all.size >= (isStream ? streamLimit : limit)) return undefined;
    const sandbox = options.start({ onReady, onExit: remove });
    all.add(sandbox);
    starting.set(sandbox, now());
    return sandbox;
  };
  const acquire = () => (isClosed ? undefined : (takeIdle() ?? startOne()));
  const wait = (mayStart: boolean, isStream = false) =>
    new Promise<Sandbox | undefined>((resolve) => {
      waiters.push({ since: now(), mayStart, isStream, resolve });
      lookLater();
    });
  const serveWaiters = () => {
    for (let head = waiters[0]; head !== undefined; head = waiters[0]) {
      const mayStart = head.mayStart || all.size === 0 || (head.isStream && starting.size < STREAM_STARTS);
      const sandbox = takeIdle() ?? (mayStart ? startOne(head.isStream) : undefined);
      if (sandbox === undefined) return;
      waiters.shift();
      head.resolve(sandbox);
    }
  };
  const onReady = (sandbox: Sandbox) => {
    movedAt = now();
    coldStartMs = movedAt - (starting.get(sandbox) ?? movedAt);
    starting.delete(sandbox);
    serveWaiters();
  };
  const remove = (sandbox: Sandbox) => {
    if (!all.delete(sandbox)) return;
    starting.delete(sandbox);
    const position = idle.findIndex((entry) => entry.sandbox === sandbox);
    if (position !== -1) idle.splice(position, 1);
    serveWaiters();
  };
  /** Starts no second while one starts: what that will bring is not known yet. */
  const look = () => {
    lookTimer = undefined;
    const patient = waiters.filter(({ mayStart }) => !mayStart);
    const [first] = patient;
    if (first === undefined) return;
    if (starting.size === 0 && now() - first.since >= coldStartMs) {
      const isStalled = now() - movedAt >= coldStartMs;
      for (const waiter of isStalled ? patient : [first]) waiter.mayStart = true;
      serveWaiters();
    }
    lookLater();
  };
  const lookLater = () => {
    if (!isClosed && waiters.some(({ mayStart }) => !mayStart)) lookTimer ??= setTimeout(look, LOOK_EVERY_MS).unref();
  };
  const endIdle = (idleSinceBefore = Number.POSITIVE_INFINITY) => {
    for (const { sandbox } of idle.filter(({ since }) => since < idleSinceBefore)) {
      remove(sandbox);
      void sandbox.kill();
    }
  };

  return {
    acquire,
    async acquireOrWait() {
      return acquire() ?? (isClosed ? undefined : wait(true));
    },
    async acquireSoon({ isStream } = { isStream: false }) {
      if (isClosed) return undefined;
      const free = takeIdle();
      if (free !== undefined) return free;
      if (all.size + waiters.length >= callLimit) return undefined;
      const mayStart = all.size === 0 || (isStream && waiters.length === 0 && starting.size < STREAM_STARTS);
      return (mayStart ? startOne(isStream) : undefined) ?? wait(false, isStream);
    },
    release(sandbox) {
      if (!sandbox.isAlive() || !all.has(sandbox)) return remove(sandbox);
      movedAt = now();
      idle.push({ sandbox, since: movedAt });
      serveWaiters();
      if (isRetired) endIdle();
    },
    remove,
    reap: endIdle,
    retire() {
      isRetired = true;
      endIdle();
    },
    async close() {
      isClosed = true;
      clearTimeout(lookTimer);
      for (const { resolve } of waiters.splice(0)) resolve(undefined);
      idle.length = 0;
      await Promise.all([...all].map((sandbox) => sandbox.kill()));
      all.clear();
    },
    find: (accessKeyId) => [...all].find((sandbox) => sandbox.accessKeyId === accessKeyId),
    count: () => ({ sandboxes: all.size, busy: all.size - idle.length, waiting: waiters.length }),
  };
}
