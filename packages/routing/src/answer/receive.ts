import type { RoutingTarget } from '@signalbox/contracts';
import type { Shares } from '../plan/overlay-shares.ts';
import type { PlannedTarget } from '../plan/planned-target.ts';
import type { AnswerInput, AnswerPorts, StreamedAnswerInput } from './answer-input.ts';
import { callConfig } from './call-limits.ts';
import type { Tolerance } from './hold.ts';
import type { Asker, ProcessHealth } from './process-health.ts';
import type { Strikes } from './strikes.ts';
import type { Trial } from './trial.ts';

export type Ports = AnswerPorts & { health: ProcessHealth };

/** What is to be tried in a receive, and how much of health is overlooked for it. */
export type Choice = {
  targets: readonly PlannedTarget[];
  /** Those that could take the request and are not tried in this receive, for their health. */
  heldOut: readonly RoutingTarget[];
  /** The shares by which they entered; undefined when all were at 1. */
  shares: Shares | undefined;
  tolerance: Tolerance;
  /** True when health lets none of them in. */
  areAllOut: boolean;
  /** True for one call that finds out whether targets are still out. */
  isTrial: boolean;
  /** True when the first call may have a second one beside it, by the route's setting. */
  mayHedge: boolean;
};

/** One receive under way. */
export type Receive = Choice & {
  input: AnswerInput | StreamedAnswerInput;
  /** True when the requests of the tenant's slot fail everywhere; see `isSuspectTenant`. */
  isSuspect: boolean;
  /** Calls that are over, in the order in which they began. */
  trials: Trial[];
  /** Calls begun. */
  begun: number;
  strikes: Strikes;
  hasWaited: boolean;
  /** True once a piece of an answer was given away. */
  hasSpoken: boolean;
  pausedFor?: string;
};

/** In whose name, and when, health is asked. */
export function askerOf(input: AnswerInput, tolerance: Tolerance, now: number): Asker {
  const { features, inferenceConfig, route } = input;
  return {
    tenant: features.tenant,
    priority: features.priority,
    now,
    tolerance,
    tokensFor: (target) => features.estimatedInputTokens + callConfig(inferenceConfig, route, target).maxTokens,
  };
}
