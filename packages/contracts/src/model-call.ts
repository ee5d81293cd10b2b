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
  /** `chat` when absent: `content.messages` are answered. `embed`: the texts of `content.input` become vectors. */
  operation?: 'chat' | 'embed';
  /** Called once when the first token arrives, where the adapter streams from the provider. */
  onFirstToken?: () => void;
  /**
   * Given the pieces of a chat's answer in order as they arrive; with it the adapter streams from the provider. What it returns is waited for before
   * more is read, and that time counts as nobody's silence. The reply still has the whole answer.
   */
  onDelta?: (delta: AnswerDelta) => void | Promise<void>;
  /** True for a probe of our own: marked towards the provider, so that its logs tell it from what customers asked. */
  synthetic?: boolean;
};

/** A piece of a streamed answer. `index` tells the block of the message that it belongs to. */
export type AnswerDelta =
  | { kind: 'text'; index: number; text: string }
  | { kind: 'reasoning'; index: number; text: string }
  | { kind: 'tool-use'; index: number; toolUseId: string; name: string }
  /** A part of the JSON text of the tool's input. */
  | { kind: 'tool-input'; index: number; json: string };

/** Milliseconds. A first-token or idle limit makes the adapter stream from the provider. */
export type CallLimits = { totalMs: number; firstTokenMs?: number; idleMs?: number };

/** What a call came to. A value, not an exception: health consumes it, and failover decides by it. */
export type ModelReply = ModelAnswer | ModelFailure;

export type ModelAnswer = {
  outcome: 'succeeded';
  /** `{ message: { role, content[] } }` in Converse form, bytes as base64; of embeddings `{ embeddings: number[][] }`, one for each text, in their order. */
  output: Json;
  /** In Converse's words; `end_turn` for embeddings. */
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
  /** The provider's own words, up to 1,000 characters, of a request that it refused or rejected. They can quote it: for its caller only, never for logs, events or records. */
  providerMessage?: string;
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
