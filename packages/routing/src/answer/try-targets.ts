import type { PlannedTarget } from '../plan/planned-target.ts';
import { createAllowance } from './allowance.ts';
import type { AnswerInput } from './answer-input.ts';
import type { StreamedAnswerResult } from './answer-result.ts';
import { callWithHedge } from './call-with-hedge.ts';
import { tellsSomething } from './lacks-witness.ts';
import { hedgeStep, nextStep, type Standing, type Step } from './next-step.ts';
import { pause } from './pause.ts';
import { requestKey } from './process-health.ts';
import { askerOf, type Ports, type Receive } from './receive.ts';
import { startCall } from './start-call.ts';
import { toResult } from './to-result.ts';

/** Goes from step to step until the receive has come to something. */
export async function tryTargets(ports: Ports, receive: Receive): Promise<StreamedAnswerResult> {
  for (;;) {
    const step = nextStep(standingOf(ports, receive));
    if (step.kind === 'call') await makeCall(ports, receive, step);
    else if (step.kind === 'wait-and-call') await makePause(ports, receive, step);
    else {
      if (step.kind === 'answer') noteAnswer(ports, receive);
      return toResult(step, receive);
    }
  }
}

async function makeCall(ports: Ports, receive: Receive, step: Step & { kind: 'call' }): Promise<void> {
  const { planned, costsToken, hedgeAfterMs: afterMs } = step;
  if (costsToken) ports.health.retryBudget.take();
  if (afterMs === undefined) {
    receive.trials.push(await startCall(ports, receive, planned, { signal: receive.input.signal }).over);
  } else {
    const chooseHedge = () => takeHedge(ports, receive, planned);
    receive.trials.push(...(await callWithHedge({ ports, receive, planned, afterMs, chooseHedge })));
  }
}

async function makePause(ports: Ports, receive: Receive, step: Step & { kind: 'wait-and-call' }): Promise<void> {
  const { atLeastMs, atMostMs, isAsked } = step.pause;
  ports.health.retryBudget.take();
  receive.pausedFor = step.planned.target.id;
  receive.hasWaited ||= isAsked;
  await pause(ports.sleep, atLeastMs + ports.random() * (atMostMs - atLeastMs), receive.input.signal);
}

/** The target of a second call beside the first one, paid for from the route's budget. */
function takeHedge(ports: Ports, receive: Receive, underWay: PlannedTarget): PlannedTarget | undefined {
  const { route, features } = receive.input;
  const hedged = hedgeStep(standingOf(ports, receive), underWay, features.requirements?.degrade !== 'never');
  return hedged && route.hedge && ports.health.hedgeBudget(route.name, route.hedge.budget).take() ? hedged : undefined;
}

function standingOf(ports: Ports, receive: Receive): Standing {
  const { input, isSuspect, targets, heldOut, shares, trials, strikes, tolerance, isTrial, mayHedge, hasWaited, hasSpoken, pausedFor } =
    receive;
  const { limits } = input.route;
  const now = ports.now();
  const asker = askerOf(input, tolerance, now);
  return {
    targets,
    heldOut,
    trials,
    strikes,
    isSuspect,
    canWait: !input.takesAll,
    isWorthALook: (target) => tellsSomething({ ports, input, target, isSuspect, now }),
    isTrial,
    hasWaited,
    hasSpoken,
    pausedFor,
    maxTargets: isTrial ? 1 : limits.maxTargets,
    maxRetryAfterMs: limits.retryAfterMs ?? 0,
    remainingMs: input.endsAt - now,
    isAborted: input.signal.aborted,
    hasRetryToken: ports.health.retryBudget.has(),
    // Two that speak at once could not both be passed on.
    hedgeAfterMs: mayHedge && !('onDelta' in input) ? input.route.hedge?.afterMs : undefined,
    holdOf: (target) => ports.health.holdOf(target, asker),
    shareOf: (target) => shares?.(target) ?? 1,
    affords: createAllowance(input, trials),
  };
}

/** What an answer says of the targets that failed the same request before, and of a route that was thought to be out. */
function noteAnswer(ports: Ports, { input, trials, areAllOut }: Receive): void {
  const now = ports.now();
  const request = requestKey(input.features.tenant, input.id);
  for (const { planned } of trials) ports.health.vouch(planned.target, request, now);
  if (areAllOut) ports.health.trials.noteAnswer(input.route.name, now);
}

/** Notes that a request has come: it earns its part of a retry and of a second call. */
export function earnBudgets({ health }: Ports, { route }: AnswerInput): void {
  health.retryBudget.earn();
  if (route.hedge) health.hedgeBudget(route.name, route.hedge.budget).earn();
}
