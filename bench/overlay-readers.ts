import { setTimeout as sleep } from 'node:timers/promises';
import type { RoutingOverlay, StackFile } from '@signalbox/contracts';
import { createOverlayDocument } from '@signalbox/runtime';
import { setEnvironment } from './set-environment.ts';

export type OverlayReaders = {
  /** Waits until each of them has read an overlay of which this is true, or the time is over: when each did, milliseconds since the epoch. */
  untilEachReads: (isThere: (overlay: RoutingOverlay) => boolean, withinMs: number) => Promise<number[]>;
  /** The newest overlay that any of them has. */
  newest: () => RoutingOverlay | undefined;
  stop: () => Promise<void>;
};

/** Each asks for the overlay as often as a sandbox does that serves so many requests a second. */
const ASKS_PER_SECOND = 4;

/** Readers of the overlay as so many sandboxes are: the same live document, asked at each request, each with its own age. */
export async function startOverlayReaders({ tables, ...stack }: StackFile, count: number): Promise<OverlayReaders> {
  const failures: unknown[] = [];
  const restore = setEnvironment({
    AWS_ENDPOINT_URL: stack.awsEndpointUrl,
    AWS_REGION: stack.region,
    AWS_ACCESS_KEY_ID: stack.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: stack.credentials.secretAccessKey,
  });
  const known: (RoutingOverlay | undefined)[] = [];
  let isOver = false;
  const read = async (index: number) => {
    const document = createOverlayDocument({ tableName: tables.overlay ?? '', onError: (error) => failures.push(error) });
    while (!isOver) {
      known[index] = await document.get();
      await sleep((-Math.log(1 - Math.random()) / ASKS_PER_SECOND) * 1_000);
    }
  };
  const reading = Promise.all(Array.from({ length: count }, (_, index) => read(index)));
  return {
    async untilEachReads(isThere, withinMs) {
      const endsAt = Date.now() + withinMs;
      const times = new Map<number, number>();
      while (times.size < count && Date.now() < endsAt) {
        for (let index = 0; index < count; index++) {
          const overlay = known[index];
          if (!times.has(index) && overlay && isThere(overlay)) times.set(index, Date.now());
        }
        await sleep(10);
      }
      return [...times.values()];
    },
    newest: () => known.reduce((newest, one) => ((one?.seq ?? -1) > (newest?.seq ?? -1) ? one : newest), undefined),
    async stop() {
      isOver = true;
      await reading;
      restore();
    },
  };
}
