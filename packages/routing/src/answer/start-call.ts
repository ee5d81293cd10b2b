import type { AnswerDelta, ModelCall, ModelReply } from '@signalbox/contracts';
import type { PlannedTarget } from '../plan/planned-target.ts';
import type { Speaker, StreamedAnswerInput } from './answer-input.ts';
import { callConfig, callLimits, isCutOff } from './call-limits.ts';
import { createEvidence } from './evidence.ts';
import { requestKey } from './process-health.ts';
import { askerOf, type Ports, type Receive } from './receive.ts';
import { recordAttempt } from './record-attempt.ts';
import type { Trial } from './trial.ts';

/** One call under way. */
export type Call = {
  /** The trial once it is over. Rejects only for a bug. */
  over: Promise<Trial>;
  /** Ends the account of the call now, as cancelled: the trial of a call that does not come back. Nothing when it has. */
  giveUp: () => Trial;
};

type Wishes = { signal: AbortSignal; onFirstToken?: () => void };

/** Why a call beside another was given up; stands in its attempt in place of a provider's code. */
const GIVEN_UP: ModelReply = {
  outcome: 'cancelled',
  error: 'AnotherAnswered',
  message: 'Another call for the same request answered first.',
};

/** Begins a call, and keeps the account of it: the attempt, the strikes of the request, and what this process learns of the target. */
export function startCall(ports: Ports, receive: Receive, planned: PlannedTarget, { signal, onFirstToken }: Wishes): Call {
  const { input } = receive;
  const { target } = planned;
  const startedAt = ports.now();
  const limits = callLimits(input.route.limits, input.endsAt - startedAt);
  const end = openAccount({ ports, receive, planned, startedAt, limits });
  const inferenceConfig = callConfig(input.inferenceConfig, input.route, target);
  const onDelta = 'onDelta' in input ? speakFor(receive, planned, input.onDelta) : undefined;
  const call: ModelCall = {
    target,
    content: input.content,
    inferenceConfig,
    limits,
    signal,
    ...(input.route.operation === 'embed' && { operation: 'embed' }),
    ...(onFirstToken && { onFirstToken }),
    ...(onDelta && { onDelta }),
  };
  const over = ports.callModel(call).then(end, (bug: unknown) => {
    end(GIVEN_UP);
    throw bug;
  });
  return { over, giveUp: () => end(GIVEN_UP) };
}

/** Passes the pieces of an answer on, and notes that there were any. */
function speakFor(receive: Receive, { target, degraded }: PlannedTarget, onDelta: StreamedAnswerInput['onDelta']) {
  const { id, model, region } = target;
  const speaker: Speaker = {
    servedBy: { target: id, model, region },
    attempts: receive.begun,
    ...(degraded && { degradedFrom: degraded.from }),
  };
  return (delta: AnswerDelta) => {
    receive.hasSpoken = true;
    return onDelta(delta, speaker);
  };
}

type Opened = { ports: Ports; receive: Receive; planned: PlannedTarget; startedAt: number; limits: ReturnType<typeof callLimits> };

/** Notes the begin of a call; what it gives notes the end, once. */
function openAccount({ ports, receive, planned, startedAt, limits }: Opened): (reply: ModelReply) => Trial {
  const { input } = receive;
  const { target } = planned;
  const { route } = input;
  receive.begun++;
  const isFirst = receive.begun === 1;
  const attemptId = `${input.id}#${(input.attemptsBefore ?? 0) + receive.begun}`;
  const { isSuspect } = receive;
  const evidence = createEvidence({ recentCalls: ports.health.recentCalls, input, target, startedAt, isSuspect });
  const asker = askerOf(input, receive.tolerance, startedAt);
  const endHealth = ports.health.begin({ target, request: requestKey(asker.tenant, input.id), isSuspect, ...asker });
  let trial: Trial | undefined;
  return (reply) => {
    if (trial) return trial;
    const endedAt = ports.now();
    const durationMs = Math.max(0, endedAt - startedAt);
    const attempt = recordAttempt({ attemptId, planned, isFirst, limits: route.limits, startedAt, durationMs, reply });
    const cutOff = isCutOff(limits, route, durationMs);
    receive.strikes = evidence.weigh({ reply, isCutOff: cutOff, endedAt, strikes: receive.strikes });
    endHealth({ reply, isSlow: attempt.slow ?? false, isCutOff: cutOff, now: endedAt });
    trial = { planned, reply, attempt };
    input.onAttempt?.(attempt);
    return trial;
  };
}
