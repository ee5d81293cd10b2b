import type { InferenceConfig, InferenceContent, InferenceRequest, Priority, Requirements } from '@signalbox/contracts';

/** What a choice of target may ask of a request. Costly features are worked out when they are first asked for, once. */
export type RequestFeatures = {
  readonly operation: NonNullable<InferenceRequest['operation']>;
  readonly tenant: string;
  readonly priority: Priority | undefined;
  readonly sessionId: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly requirements: Requirements | undefined;
  /** Output tokens that the request asks for; undefined when it leaves that to the route. */
  readonly maxTokens: number | undefined;
  /** `text` first, then media in a fixed order. */
  readonly inputModalities: readonly string[];
  readonly hasTools: boolean;
  /** Names of the tools. */
  readonly tools: readonly string[];
  /** The length of all its text, media as base64: cheap, and no fewer than its tokens. */
  readonly inputCharacters: number;
  /** By the estimator of this package, media included. */
  readonly estimatedInputTokens: number;
  /** BCP 47 primary tag of `text`; undefined when it is too short or unclear to say. */
  readonly language: string | undefined;
  /** Of the last user message that has any, its first 8,192 characters; empty when there is none. */
  readonly text: string;
};

/** What features are read from. `content` is whole: after the claim check. */
export type FeatureSource = {
  content: InferenceContent;
  operation?: InferenceRequest['operation'];
  tenant: string;
  priority?: Priority | undefined;
  sessionId?: string | undefined;
  labels?: Readonly<Record<string, string>> | undefined;
  requirements?: Requirements | undefined;
  inferenceConfig?: InferenceConfig | undefined;
};
