import type { CallModel, ModelCall, ModelReply, Route, RoutingTarget } from '@signalbox/contracts';
import { targetKey } from '@signalbox/contracts/target-key';
import type { CountMetrics, Note, ReadTable } from './ports.ts';
import type { ProbeResult, ProbeTask } from './probe-task.ts';

/** As little as a model can be asked: about ten tokens in, eight out. */
const CONTENT = { messages: [{ role: 'user' as const, content: [{ text: 'Reply with the word OK.' }] }] };
const MAX_TOKENS = 8;
/** A model for embeddings cannot be spoken to. */
const TEXT = { input: 'OK' };
/** What a route that says nothing allows, and the most that is waited for: the function ends after 45 s (template.yaml). */
const LONGEST_CALL_MS = 30_000;
/** For eight tokens after the first one. */
const REST_MS = 3_000;

export type ProbePorts = {
  readTable: ReadTable;
  callModel: CallModel;
  /** Takes one probe out of the hour's; false when they are used up. */
  spend: () => Promise<boolean>;
  count: CountMetrics;
  note: Note;
  now: () => number;
};

/** Calls a target with a prompt of our own. It is in no customer's figures: no inference, no event of one, no metric of models. */
export function createProbeTarget(ports: ProbePorts): (task: Pick<ProbeTask, 'key' | 'id'>) => Promise<ProbeResult> {
  return async ({ key, id }) => {
    const { targets, routes } = await ports.readTable();
    const target = Object.hasOwn(targets, id) ? targets[id] : undefined;
    if (!target || targetKey(target) !== key) return { kind: 'gone' };
    if (!(await ports.spend())) {
      ports.count(new Map([['ProbesSkipped', 1]]));
      ports.note('warn', 'A probe was not made: the probes of this hour are used up (MaxProbesPerHour)', { target: id });
      return { kind: 'skipped' };
    }
    const own = routesOf(id, Object.values(routes));
    const limits = limitsFor(own);
    const startedAt = ports.now();
    const reply = await ports.callModel(callOf(target, own, limits.callMs));
    const latencyMs = Math.max(0, Math.round(ports.now() - startedAt));
    ports.count(new Map([['ProbesMade', 1]]));
    ports.note('info', 'A target was probed', { synthetic: true, target: id, outcome: reply.outcome, latencyMs, ...detailOf(reply) });
    const { originalStatus } = reply.outcome === 'succeeded' ? {} : reply;
    return {
      kind: 'probed',
      outcome: hasSpoken(reply) ? 'succeeded' : reply.outcome,
      slow: latencyMs > limits.slowMs,
      ...(originalStatus !== undefined && { originalStatus }),
      startedAt,
      latencyMs,
    };
  };
}

function callOf(target: RoutingTarget, own: readonly Route[], totalMs: number): ModelCall {
  const isForEmbeddings = own.length > 0 && own.every(({ operation }) => operation === 'embed');
  return {
    target,
    ...(isForEmbeddings ? { operation: 'embed' as const, content: TEXT } : { content: CONTENT }),
    inferenceConfig: { maxTokens: MAX_TOKENS },
    limits: { totalMs },
    signal: new AbortController().signal,
    synthetic: true,
  };
}

function routesOf(id: string, routes: readonly Route[]): Route[] {
  return routes.filter(({ candidates, fallbacks }) => fallbacks.includes(id) || candidates.some(({ target }) => target === id));
}

/**
 * Slow is what any route of the target calls slow; waited is as long as the most patient one would. Where all of them give up on a target that
 * keeps silent, so does the probe, as each second of it is one more until a healed target is back.
 */
function limitsFor(own: readonly Route[]): { callMs: number; slowMs: number } {
  const patience = own.map(({ limits: { attemptMs, firstTokenMs } }) =>
    firstTokenMs === undefined ? attemptMs : Math.min(attemptMs, firstTokenMs + REST_MS),
  );
  const slow = own.flatMap(({ limits }) => limits.slowMs ?? []);
  return {
    callMs: Math.min(LONGEST_CALL_MS, patience.length > 0 ? Math.max(...patience) : LONGEST_CALL_MS),
    slowMs: Math.min(Number.POSITIVE_INFINITY, ...slow),
  };
}

/** A model that thinks first may not have got to a word within eight tokens; that it made some is enough to know. */
function hasSpoken(reply: ModelReply): boolean {
  return reply.outcome === 'malformed' && reply.error === 'EmptyAnswer' && (reply.usage?.outputTokens ?? 0) > 0;
}

/** The provider's code, never its words. */
function detailOf(reply: ModelReply): Record<string, unknown> {
  const { usage } = reply;
  const failed = reply.outcome === 'succeeded' ? {} : { error: reply.error, status: reply.status };
  return { ...failed, inputTokens: usage?.inputTokens, outputTokens: usage?.outputTokens };
}
