import type { Attempt, InferenceRecord, OutgoingEvent, Route, RoutingTable } from '@signalbox/contracts';
import { attempt, routingTable } from '@signalbox/contracts/samples';
import type { Answer, Answered, StreamedAnswer } from '@signalbox/routing';
import type { ClaimRequest, StreamReply } from '@signalbox/runtime';
import type { SyncPorts } from './answer-now.ts';

export const SERVED_BY = { target: 'nova-lite', model: 'amazon.nova-lite-v1:0', region: 'us-east-1' };

/** A whole answer of one text. */
export function answered(text: string, stated: Partial<Answered> = {}): Answered {
  return {
    kind: 'answered',
    output: { message: { role: 'assistant', content: [{ text }] } },
    stopReason: 'end_turn',
    usage: { inputTokens: 9, outputTokens: 12 },
    servedBy: SERVED_BY,
    costUsd: 0.001,
    attempts: [attempt],
    ...stated,
  };
}

/** The sample table with its default route changed. */
export function tableWith(stated: Partial<Route>): RoutingTable {
  const { default: route } = routingTable.routes;
  if (!route) throw new Error('the sample table has no default route');
  return { ...routingTable, routes: { ...routingTable.routes, default: { ...route, ...stated } } };
}

type Scripts = {
  reserve?: SyncPorts['reserve'];
  answer?: Answer;
  answerStreamed?: StreamedAnswer;
  table?: RoutingTable;
  isTableDown?: boolean;
};

/** The world of one process, with what it did. */
export function syncWorld({ reserve, answer, answerStreamed, table = routingTable, isTableDown = false }: Scripts) {
  const done = {
    claims: [] as ClaimRequest[],
    records: [] as InferenceRecord[],
    events: [] as OutgoingEvent[],
    attempts: [] as Attempt[],
    notes: [] as string[],
    /** What became of what was reserved, and what was counted. */
    limits: [] as unknown[],
  };
  const unscripted = async () => Promise.reject(new Error('unscripted'));
  const down = async () => Promise.reject(new Error('the table is down'));
  const ports: SyncPorts = {
    stage: 'test',
    reserve:
      reserve ??
      (async ({ tenant, route }) => {
        done.limits.push(['reserved', tenant, route]);
        return {
          kind: 'granted',
          settle: (used) => void done.limits.push(['settled', used]),
          release: () => void done.limits.push(['released']),
        };
      }),
    count: ({ tenant, route, requests, usd }) => void done.limits.push(['counted', tenant, route, requests, usd]),
    table: { get: async () => ({ table, source: 'appconfig' }), refresh: async () => undefined },
    overlay: { get: async () => undefined },
    answer: answer ?? unscripted,
    answerStreamed: answerStreamed ?? unscripted,
    store: isTableDown
      ? { claim: down, finish: down }
      : {
          claim: async (request) => {
            done.claims.push(request);
            return { kind: 'claimed' };
          },
          finish: async ({ record }) => {
            done.records.push(record);
            return 'finished';
          },
        },
    publish: async (event) => void done.events.push(event),
    observe: ({ attempt: seen }) => void done.attempts.push(seen),
    note: (_level, message) => void done.notes.push(message),
    now: () => 1_790_000_000_000,
    newId: () => 'id-1',
  };
  return { ports, done };
}

/** A caller who reads all that comes. */
export function testReply() {
  const gone = new AbortController();
  const seen = { status: 0, headers: {} as Record<string, string>, body: undefined as unknown, text: '', isEnded: false };
  const reply: StreamReply = {
    gone: gone.signal,
    remainingMs: 300_000,
    send: async ({ status, body, headers = {} }) => {
      Object.assign(seen, { status, headers, body: JSON.parse(JSON.stringify(body)), isEnded: true });
    },
    open: ({ status, headers }) => {
      Object.assign(seen, { status, headers });
      return {
        write: async (text) => {
          seen.text += text;
        },
        end: async () => {
          seen.isEnded = true;
        },
      };
    },
  };
  const events = () =>
    seen.text
      .split('\n\n')
      .filter((line) => line.startsWith('data: '))
      .map((line) => line.slice('data: '.length));
  return { reply, seen, events, hangUp: () => gone.abort() };
}
