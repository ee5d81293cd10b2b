import type { InferenceContent } from './inference-request.ts';
import type { Json } from './json.ts';
import type { InferenceConfig } from './message.ts';
import type { OutcomeKind, Usage } from './outcome.ts';
import type { RoutingTarget } from './routing-table.ts';

/** One call to one target: what routing asks of `packages/models`. */
export type ModelCall = {
  target: RoutingTarget;
  content: InferenceContent;
  /** With `maxTokens` always set: unset, Bedrock reserves quota for the model's maximum. */
  inferenceConfig: InferenceConfig & { maxTokens: number };
  limits: CallLimits;
  /** Aborted when the caller no longer wants the answer. */
  signal: AbortSignal;
  /** Called once when the first token arrives, where the adapter streams from the provider. */
  onFirstToken?: () => void;
  /** True for a probe of our own: marked towards the provider, so that its logs tell it from what customers asked. */
  synthetic?: boolean;
};

/** Milliseconds. A first-token or idle limit makes the adapter stream from the provider. */
export type CallLimits = { totalMs: number; firstTokenMs?: number; idleMs?: number };

/** What a call came to. A value, not an exception: health consumes it, and failover decides by it. */
export type ModelReply = ModelAnswer | ModelFailure;

export type ModelAnswer = {
  outcome: 'succeeded';
  /** `{ message: { role, content[] } }` in Converse form, bytes as base64. */
  output: Json;
  stopReason: string;
  /** Absent when the provider gave none. */
  usage?: Usage;
  firstTokenMs?: number;
};

export type ModelFailure = {
  outcome: Exclude<OutcomeKind, 'succeeded'>;
  /** The provider's error code, or ours (`FirstTokenTimeout`, `EmptyAnswer`). */
  error: string;
  /** What the caller may be told: never content. */
  message: string;
  status?: number;
  originalStatus?: number;
  retryAfterMs?: number;
  /** What was used up all the same, by a refused or cut answer. */
  usage?: Usage;
  firstTokenMs?: number;
  /** True for a fault that a second call a moment later may not meet: a reset, a 500, a 503. */
  isTransient?: boolean;
};

/** The port that `answer` calls and `packages/models` implements. Never rejects for what a model or network did. */
export type CallModel = (call: ModelCall) => Promise<ModelReply>;
