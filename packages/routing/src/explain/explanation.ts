import type { RoutingStrategy } from '@signalbox/contracts';
import type { Basis, ExclusionReason } from '../plan/planned-target.ts';

/** Where one request would go and why, without a draw. Plain data, for JSON. */
export type Explanation = {
  route: string;
  /** The rule that brought the request to this route. */
  rule?: string;
  strategy: RoutingStrategy;
  /** What puts the candidates in their order, in words. */
  orderedBy: string;
  /** By what the route's requests stick together, and whether this request has it: then the order is the one it gets. */
  sticky?: { by: string; hasKey: boolean };
  estimatedInputTokens: number;
  /** Output that the request asks for, as far as the route allows. */
  maxOutputTokens: number;
  /** Those that would be tried, in order; where a draw decides, the likelier one first. */
  targets: readonly ExplainedTarget[];
  leftOut: readonly LeftOutTarget[];
  /** 0 to 1: how likely nobody is asked, because health holds everyone out who can take the request, or because nobody can. */
  nobodyProbability: number;
};

export type ExplainedTarget = {
  target: string;
  model: string;
  modelId: string;
  region: string;
  class: string;
  isFallback: boolean;
  degraded?: { from: string; reason: string };
  /** 0 to 1: how likely it is asked first, over requests like this one; for a sticky route over its keys. */
  probability: number;
  /** 0 to 1: how likely health lets it in. */
  share: number;
  /** When all output is used; null when a price is unknown. */
  estimatedCostUsd: number | null;
  /** Milliseconds at the median. */
  latency?: { ms: number; source: Extract<Basis, 'overlay-latency' | 'measured-latency'> };
  /** First choices after which it is too dear to be tried. */
  tooDearAfter?: readonly string[];
  /** Why it stands where it stands. */
  words: string;
};

export type LeftOutTarget = {
  target: string;
  /** `health`: it could take the request, but its share keeps it out. */
  reason: ExclusionReason | 'health';
  /** Why, with the figures: to be read after the target's name. */
  words: string;
};
