import type { Attempt, ErrorDetail, FailureReason, Json, ServedBy, Usage } from '@signalbox/contracts';
import type { Strikes } from './strikes.ts';

/** What one receive came to. */
export type AnswerResult = Answered | Ended | Waiting;
/** What one came to whose answer was given away piece by piece. */
export type StreamedAnswerResult = AnswerResult | Interrupted;

export type Answered = {
  kind: 'answered';
  /** `{ message: { role, content[] } }` in Converse form. */
  output: Json;
  stopReason: string;
  /** Of the call that answered; absent when the provider gave none. */
  usage?: Usage;
  servedBy: ServedBy;
  degraded?: { from: string; reason: string };
  /** US dollars for all attempts of this receive that used tokens; null when a price or the usage of one is unknown, as it is of a call given up for another's answer. */
  costUsd: number | null;
  /** From the start of the attempt that answered. */
  firstTokenMs?: number;
  attempts: Attempt[];
};

/** The request itself is why it has no answer: trying again would not help. */
export type Ended = {
  kind: 'ended';
  reason: Extract<FailureReason, 'refused' | 'too-long' | 'invalid' | 'quarantined'>;
  /** Never content. */
  error: ErrorDetail;
  /** What the provider said of the request; it can quote it: for its caller only. */
  providerMessage?: string;
  /** Of the call that ended it, where it used tokens all the same. */
  usage?: Usage;
  costUsd: number | null;
  attempts: Attempt[];
};

/** The answer broke off when a part of it had been given away; nobody else could go on with it. */
export type Interrupted = {
  kind: 'interrupted';
  /** Never content. */
  error: ErrorDetail;
  servedBy: ServedBy;
  /** Of the call that broke off. */
  usage?: Usage;
  costUsd: number | null;
  attempts: Attempt[];
};

/** Nothing could answer now; the request is to be tried again later. */
export type Waiting = {
  kind: 'waiting';
  /** `throttled`: every target asked for less, or is at its stated limit. `out-of-time`: this receive ended before its targets did. */
  reason: 'unavailable' | 'throttled' | 'out-of-time' | 'cancelled';
  /** What each attempt came to, short and without content. */
  detail: string;
  /** What the first attempt failed by; absent when none was begun. */
  error?: ErrorDetail;
  /** The soonest that a target takes requests again which asked for less, or is at its quota. */
  retryAfterMs?: number;
  /**
   * True when the request should come again in seconds, however often it came before: only chance kept it from a target that takes a share, it
   * waits for a sign that others are answered, or its targets ask for less and its end is near.
   */
  isBrief?: boolean;
  /** To be handed back as `strikesBefore` with the next receive. */
  strikes: Strikes;
  /** As that of an answer: of the attempts that used tokens all the same. */
  costUsd: number | null;
  attempts: Attempt[];
};
