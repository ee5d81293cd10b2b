import type { CallModel, InferenceContent, OutgoingEvent, RoutingOverlay, RoutingTable } from '@signalbox/contracts';
import {
  type AnswerResult,
  createAnswer,
  createProcessHealth,
  type ProcessHealth,
  type RequestFeatures,
  type Strikes,
} from '@signalbox/routing';
import { createAttemptsObserver } from '@signalbox/routing/observe';
import { ROUTE } from './fleet-table.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

/** One receive of a message. */
export type Received = {
  id: string;
  content: InferenceContent;
  features: RequestFeatures;
  deferrals: number;
  attempts: number;
  strikes: Strikes | undefined;
};

export type Sandbox = {
  health: ProcessHealth;
  /** The overlay that this process goes by now. */
  overlay: () => RoutingOverlay | undefined;
  answer: (received: Received, endsAt: number) => Promise<AnswerResult>;
};

type Options = {
  name: string;
  time: VirtualTime;
  /** Of this process's clock against the true one. */
  skewMs: number;
  table: RoutingTable;
  random: Random;
  callModel: CallModel;
  publish: (event: OutgoingEvent) => Promise<void>;
  readOverlay: () => RoutingOverlay | undefined;
};

/** Past the first age the overlay is read again beside the work, past the second one before it. */
const SOFT_AGE_MS = 1_000;
const HARD_AGE_MS = 5_000;
const NEVER_ABORTED = new AbortController().signal;

/** One process of the worker: the attempt loop, what it learned of its targets, and what it tells of them. */
export function createSandbox({ name, time, skewMs, table, random, callModel, publish, readOverlay }: Options): Sandbox {
  const now = () => time.now() + skewMs;
  const health = createProcessHealth({ random });
  const answer = createAnswer({ callModel, now, random, sleep: time.sleep, health });
  let events = 0;
  const observer = createAttemptsObserver({
    publish,
    onError: (error) => {
      throw error;
    },
    sandbox: name,
    stage: 'simulation',
    now,
    newId: () => `${name}-${events++}`,
    sleep: time.sleep,
  });
  const route = table.routes[ROUTE];
  if (!route) throw new Error(`The table has no route ${ROUTE}`);
  let overlay: RoutingOverlay | undefined;
  let readAt = Number.NEGATIVE_INFINITY;

  const liveOverlay = () => {
    const age = time.now() - readAt;
    const before = overlay;
    if (age <= SOFT_AGE_MS) return before;
    readAt = time.now();
    overlay = readOverlay() ?? before;
    return age > HARD_AGE_MS ? overlay : before;
  };

  return {
    health,
    overlay: () => overlay,
    async answer({ id, content, features, deferrals, attempts, strikes }, endsAt) {
      const result = await answer({
        id,
        content,
        features,
        table,
        route,
        overlay: liveOverlay(),
        endsAt: endsAt + skewMs,
        isRepeat: deferrals > 0,
        attemptsBefore: attempts,
        strikesBefore: strikes,
        signal: NEVER_ABORTED,
        onAttempt: (attempt) => observer.observe({ route: ROUTE, tenant: features.tenant, table, attempt }),
      });
      // As at the end of an invocation; what is not due is told when it is.
      time.spawn(observer.settle());
      return result;
    },
  };
}
