import { inputModalitiesOf } from '../features/features.ts';
import { enterByShare } from '../plan/enter-by-share.ts';
import { plan } from '../plan/plan.ts';
import type { PlannedTarget } from '../plan/planned-target.ts';
import type { AnswerInput, AnswerPorts } from './answer-input.ts';
import type { AnswerResult } from './answer-result.ts';
import { callConfig, callLimits, MIN_ATTEMPT_MS } from './call-limits.ts';
import { createEvidence } from './evidence.ts';
import { MAX_RETRY_PAUSE_MS, nextStep, type Standing } from './next-step.ts';
import { createRecentCalls, type RecentCalls } from './recent-calls.ts';
import { recordAttempt } from './record-attempt.ts';
import { NO_STRIKES, type Strikes } from './strikes.ts';
import { endUnsuitable, toResult, waitForHealth } from './to-result.ts';
import type { Trial } from './trial.ts';

export type Answer = (input: AnswerInput) => Promise<AnswerResult>;

const MIN_RETRY_PAUSE_MS = 50;

type Ports = AnswerPorts & { recentCalls: RecentCalls };
type Receive = { input: AnswerInput; targets: readonly PlannedTarget[]; trials: Trial[]; strikes: Strikes };

/**
 * Makes the attempt loop: it plans a request, tries one target after another inside the time it is given, and says what that came to.
 *
 * @example
 * import { setTimeout as sleep } from 'node:timers/promises';
 * const answer = createAnswer({ callModel, now: Date.now, random: Math.random, sleep });
 * const result = await answer({ id, content, table, route, endsAt, signal });
 */
export function createAnswer(given: AnswerPorts): Answer {
  const ports = { ...given, recentCalls: given.recentCalls ?? createRecentCalls() };
  return async (input) => {
    const request = { inputModalities: inputModalitiesOf(input.content), requirements: input.requirements };
    const { targets, excluded } = plan({ request, table: input.table, route: input.route, random: ports.random });
    if (targets.length === 0) return endUnsuitable(input.route.name, excluded);
    const entering = enterByShare({ targets, overlay: input.overlay, now: ports.now(), random: ports.random });
    if (entering.length === 0) return waitForHealth(input.strikesBefore ?? NO_STRIKES);
    return tryTargets(ports, { input, targets: entering, trials: [], strikes: input.strikesBefore ?? NO_STRIKES });
  };
}

async function tryTargets(ports: Ports, receive: Receive): Promise<AnswerResult> {
  for (;;) {
    const step = nextStep(standingOf(ports, receive));
    if (step.kind !== 'call') return toResult(step, receive);
    if (step.isRetry) {
      await ports.sleep(MIN_RETRY_PAUSE_MS + ports.random() * (MAX_RETRY_PAUSE_MS - MIN_RETRY_PAUSE_MS));
      const { isAborted, remainingMs } = standingOf(ports, receive);
      if (isAborted || remainingMs < MIN_ATTEMPT_MS) continue;
    }
    await tryTarget(ports, receive, step.planned);
  }
}

async function tryTarget(ports: Ports, receive: Receive, planned: PlannedTarget): Promise<void> {
  const { input, trials } = receive;
  const { target } = planned;
  const startedAt = ports.now();
  const evidence = createEvidence({ recentCalls: ports.recentCalls, input, target, startedAt });
  const limits = callLimits(input.route.limits, input.endsAt - startedAt);
  const inferenceConfig = callConfig(input.inferenceConfig, input.route, target);
  const reply = await ports.callModel({ target, content: input.content, inferenceConfig, limits, signal: input.signal });
  const endedAt = ports.now();
  const attemptId = `${input.id}#${(input.attemptsBefore ?? 0) + trials.length + 1}`;
  const timing = { startedAt, durationMs: Math.max(0, endedAt - startedAt) };
  const attempt = recordAttempt({ attemptId, planned, isFirst: trials.length === 0, limits: input.route.limits, ...timing, reply });
  trials.push({ planned, reply, attempt });
  receive.strikes = evidence.weigh({ reply, limits, endedAt, strikes: receive.strikes });
}

function standingOf(ports: Ports, { input, targets, trials, strikes }: Receive): Standing {
  const remainingMs = input.endsAt - ports.now();
  return { targets, trials, strikes, maxTargets: input.route.limits.maxTargets, remainingMs, isAborted: input.signal.aborted };
}
