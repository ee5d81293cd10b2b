import type { InferenceRecord, InferenceResult, Json, OutgoingEvent, Priority, RoutingOverlay } from '@signalbox/contracts';
import type { Limiter, UsageMeter } from '@signalbox/limits';
import type { Answer } from '@signalbox/routing';
import type { InferenceStore, LoadedTable, StoredOutput } from '@signalbox/runtime';
import type { ReadPayload } from './read-request.ts';

/** The lane a message came by: its queue, and until when this invocation may work on it. */
export type Lane = {
  priority: Priority;
  queueUrl: string;
  /** Attempts end by then, milliseconds since the epoch. */
  attemptsEndAt: number;
  /** An ending that cannot be recorded is retried until then. */
  recordsEndAt: number;
};

/** A finished ending that could not be recorded, kept in S3 until it can. */
export type StashedEnding = { record: InferenceRecord; outputJson?: string };

/** What settling a message needs of the world. Every port rejects with UnavailableError when its other side cannot be reached. */
export type Ports = {
  stage: string;
  bucket: string;
  store: InferenceStore;
  readPayload: ReadPayload;
  /** Runs work that holds the content of a claim check in memory; waits while too much of that is under way. */
  withPayload: <T>(work: () => Promise<T>) => Promise<T>;
  outputs: {
    put(where: { tenant: string; id: string; fence: string }, json: string): Promise<StoredOutput>;
    read(key: string): Promise<Json>;
    /** A link for a reader without AWS rights. */
    link(key: string): Promise<string>;
    stash(where: { tenant: string; id: string; fence: string }, ending: StashedEnding): Promise<string>;
    readStash(key: string): Promise<StashedEnding | undefined>;
  };
  queues: {
    /** Sends a copy of a message to its own queue, after a delay. */
    resend(message: {
      queueUrl: string;
      body: string;
      attributes: Record<string, string>;
      delaySeconds: number;
      groupId?: string;
    }): Promise<void>;
    /** Puts a refused message, as it came, into the rejected queue. */
    reject(message: { body: string; attributes: Record<string, string> }): Promise<void>;
    reply(queueName: string, result: InferenceResult): Promise<void>;
  };
  publish: (event: OutgoingEvent) => Promise<void>;
  table: { get(): Promise<LoadedTable>; refresh(): Promise<void> };
  overlay: { get(): Promise<RoutingOverlay | undefined> };
  answer: Answer;
  /** Takes what a request may use from its tenant's limits. */
  reserve: Limiter['reserve'];
  /** Counts what it used, for who pays. */
  count: UsageMeter['count'];
  /** Each attempt when it is over, which may be long before its request is. */
  observe: (seen: { route: string; tenant: string; table: LoadedTable['table']; attempt: InferenceRecord['attempts'][number] }) => void;
  /** Something happened that an operator may want to know; never content. */
  note: (level: 'info' | 'warn' | 'error', message: string, detail: Record<string, unknown>) => void;
  now: () => number;
  random: () => number;
  newId: () => string;
  sleep: (ms: number) => Promise<void>;
};
