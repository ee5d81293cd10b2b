import { setImmediate as afterThisTurn } from 'node:timers/promises';
import type {
  Attempt,
  InferenceConfig,
  InferenceContent,
  InferenceRecord,
  OutgoingEvent,
  Requirements,
  Route,
  RoutingOverlay,
} from '@signalbox/contracts';
import {
  type Answer,
  featuresOf,
  type RequestFeatures,
  readFeatures,
  type StreamedAnswer,
  type StreamedAnswerInput,
  type StreamedAnswerResult,
  selectRoute,
} from '@signalbox/routing';
import { type InferenceStore, type LoadedTable, syncOwner, toTerminalEvent } from '@signalbox/runtime';
import type { TablePort } from '../check-against-table.ts';
import type { AskedModel } from './route-of-model.ts';
import { syncRecord } from './sync-record.ts';
import { type LimitPorts, withinLimits } from './within-limits.ts';

/** What answering at once needs of the world. */
export type SyncPorts = LimitPorts & {
  stage: string;
  table: TablePort;
  overlay: { get(): Promise<RoutingOverlay | undefined> };
  /** Both of one process: what it saw of its targets is one. */
  answer: Answer;
  answerStreamed: StreamedAnswer;
  store: Pick<InferenceStore, 'claim' | 'finish'>;
  publish: (event: OutgoingEvent) => Promise<void>;
  /** Told of each attempt when it is over. */
  observe: (seen: { route: string; tenant: string; table: LoadedTable['table']; attempt: Attempt }) => void;
  /** Something happened that an operator may want to know; never content. */
  note: (level: 'warn' | 'error', message: string, detail: Record<string, unknown>) => void;
  now: () => number;
  newId: () => string;
};

/** A request that is answered while its caller waits. */
export type SyncRequest = {
  id: string;
  tenant: string;
  content: InferenceContent;
  inferenceConfig?: InferenceConfig;
  labels?: Record<string, string>;
  sessionId?: string;
  requirements?: Requirements;
  traceparent?: string;
};

/** One with its route chosen, by the table that it goes by. */
export type PlacedRequest = {
  request: SyncRequest;
  loaded: LoadedTable;
  /** The name of the route that was asked for: limits and usage speak of that one. */
  asked: string;
  /** The route that takes it, by the rules of that one. */
  route: Route;
  features: RequestFeatures;
  rule?: string;
};

/** How it is to be answered. `onDelta` as in `StreamedAnswerInput`; without it only a whole answer is given. */
export type SyncTerms = {
  /** Milliseconds since the epoch. */
  endsAt: number;
  signal: AbortSignal;
  onDelta?: StreamedAnswerInput['onDelta'];
};

/** `settle` records and tells how it ended; to be called when the caller has its answer, and awaited. */
export type AnsweredNow = { result: StreamedAnswerResult; settle: () => Promise<void> };

/** The route of a request, by the rules of the one that it asked for. */
export function placeRequest(request: SyncRequest, loaded: LoadedTable, asked: AskedModel): PlacedRequest {
  const { content, tenant, sessionId, labels, requirements, inferenceConfig } = request;
  const { operation } = asked.route;
  const features = readFeatures({ content, tenant, priority: 'interactive', operation, sessionId, labels, requirements, inferenceConfig });
  const placed = { request, loaded, asked: asked.route.name, features };
  if (asked.kind !== 'route') return { ...placed, route: asked.route };
  const { route, rule } = selectRoute({ table: loaded.table, route: asked.route, features });
  return { ...placed, route, ...(rule === undefined ? {} : { rule: `${placed.asked}/${rule}` }) };
}

/**
 * Answers a request while its caller waits: at most once, and with the account that every request has. Its record is begun beside the first call, not
 * before it: a table that cannot be reached costs the record, not the answer (docs/decisions).
 */
export function createAnswerNow(ports: SyncPorts) {
  return async function answerNow(placed: PlacedRequest, terms: SyncTerms): Promise<AnsweredNow> {
    const startedAt = ports.now();
    const fence = ports.newId();
    let claimed: Promise<boolean> = Promise.resolve(false);
    const result = await withinLimits(ports, placed, () => {
      const asking = ask(ports, placed, terms);
      // The model's request goes out first: making that of the claim takes longer than all that stands before the call.
      claimed = afterThisTurn().then(() => claim(ports, placed, { fence, startedAt, endsAt: terms.endsAt }));
      return asking;
    });
    const { request, features, rule } = placed;
    const record = syncRecord({
      ...placed,
      result,
      startedAt,
      endsAt: terms.endsAt,
      now: ports.now(),
      features: featuresOf({ ...request.content, ...(request.labels && { labels: request.labels }) }, { features, rule }),
    });
    const settle = async () => {
      await Promise.all([finish(ports, { fence, record, claimed }), tell(ports, record)]);
    };
    return { result, settle };
  };
}

async function ask(ports: SyncPorts, placed: PlacedRequest, { endsAt, signal, onDelta }: SyncTerms): Promise<StreamedAnswerResult> {
  const { request, loaded, route, features } = placed;
  const input = {
    id: request.id,
    content: request.content,
    inferenceConfig: request.inferenceConfig,
    features,
    table: loaded.table,
    route,
    overlay: await ports.overlay.get(),
    endsAt,
    takesAll: true,
    signal,
    onAttempt: (attempt: Attempt) => ports.observe({ route: route.name, tenant: request.tenant, table: loaded.table, attempt }),
  };
  return onDelta ? ports.answerStreamed({ ...input, onDelta }) : ports.answer(input);
}

type Claiming = { fence: string; startedAt: number; endsAt: number };

/** True when the record is open under this fence. */
async function claim(ports: SyncPorts, { request, route }: PlacedRequest, { fence, startedAt, endsAt }: Claiming): Promise<boolean> {
  const { id, tenant, labels } = request;
  try {
    const { kind } = await ports.store.claim({
      tenant,
      id,
      fence,
      origin: syncOwner(id),
      messageId: syncOwner(id),
      deferrals: 0,
      // Nobody sends such a request again under its id.
      hash: syncOwner(id),
      deadline: endsAt,
      acceptedAt: startedAt,
      route: route.name,
      priority: 'interactive',
      ...(labels && { labels }),
    });
    if (kind !== 'claimed') throw new Error(`The id of a request that was just made is taken: ${kind}`);
    return true;
  } catch (error) {
    ports.note('warn', 'The record of a request could not be begun; it is answered all the same', { id, error: describe(error) });
    return false;
  }
}

async function finish(ports: SyncPorts, { fence, record, claimed }: { fence: string; record: InferenceRecord; claimed: Promise<boolean> }) {
  if (!(await claimed)) return;
  try {
    await ports.store.finish({ fence, record });
  } catch (error) {
    ports.note('error', 'The record of a request could not be finished; the sweeper will end it as abandoned', {
      id: record.id,
      error: describe(error),
    });
  }
}

async function tell(ports: SyncPorts, record: InferenceRecord): Promise<void> {
  const event = toTerminalEvent(record, { stage: ports.stage });
  if (!event) return;
  try {
    await ports.publish(event);
  } catch (error) {
    ports.note('error', 'The end of a request could not be told', { id: record.id, error: describe(error) });
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 300) : typeof error;
}
