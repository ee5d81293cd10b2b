import type { Sandbox } from './start-sandbox.ts';

/** The sandboxes of one function: as many as are busy at once, up to the limit; the most recently used first, so that the rest can age out. */
export type SandboxPool = {
  /** A free or a new sandbox, or undefined when the limit is reached. */
  acquire(): Sandbox | undefined;
  /** The same, but waits in line when the limit is reached; undefined when the pool closes first. */
  acquireOrWait(): Promise<Sandbox | undefined>;
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

type Waiter = (sandbox: Sandbox | undefined) => void;

export function createSandboxPool(options: {
  limit: number;
  start: (onExit: (sandbox: Sandbox) => void) => Sandbox;
  now: () => number;
}): SandboxPool {
  const all = new Set<Sandbox>();
  const idle: { sandbox: Sandbox; since: number }[] = [];
  const waiters: Waiter[] = [];
  let isClosed = false;
  let isRetired = false;

  const acquire = (): Sandbox | undefined => {
    if (isClosed) return undefined;
    // One that was killed stays here until its thread has ended.
    for (let free = idle.pop(); free !== undefined; free = idle.pop()) if (free.sandbox.isAlive()) return free.sandbox;
    if (all.size >= options.limit) return undefined;
    const sandbox = options.start(remove);
    all.add(sandbox);
    return sandbox;
  };
  const serveWaiters = () => {
    while (waiters.length > 0) {
      const sandbox = acquire();
      if (sandbox === undefined) return;
      waiters.shift()?.(sandbox);
    }
  };
  const remove = (sandbox: Sandbox) => {
    if (!all.delete(sandbox)) return;
    const position = idle.findIndex((entry) => entry.sandbox === sandbox);
    if (position !== -1) idle.splice(position, 1);
    serveWaiters();
  };
  const endIdle = (idleSinceBefore = Number.POSITIVE_INFINITY) => {
    for (const { sandbox } of idle.filter(({ since }) => since < idleSinceBefore)) {
      remove(sandbox);
      void sandbox.kill();
    }
  };

  return {
    acquire,
    acquireOrWait() {
      const sandbox = acquire();
      if (sandbox !== undefined || isClosed) return Promise.resolve(sandbox);
      return new Promise((resolve) => waiters.push(resolve));
    },
    release(sandbox) {
      if (!sandbox.isAlive() || !all.has(sandbox)) return remove(sandbox);
      idle.push({ sandbox, since: options.now() });
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
      for (const resolve of waiters.splice(0)) resolve(undefined);
      idle.length = 0;
      await Promise.all([...all].map((sandbox) => sandbox.kill()));
      all.clear();
    },
    find: (accessKeyId) => [...all].find((sandbox) => sandbox.accessKeyId === accessKeyId),
    count: () => ({ sandboxes: all.size, busy: all.size - idle.length, waiting: waiters.length }),
  };
}
