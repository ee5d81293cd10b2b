import type { Attempt, ErrorDetail, ModelFailure } from '@signalbox/contracts';
import type { Plan } from '../plan/planned-target.ts';
import type { Answered, Ended, Interrupted, StreamedAnswerResult, Waiting } from './answer-result.ts';
import { type Conduct, conductOf } from './conduct.ts';
import type { Step } from './next-step.ts';
import type { Strikes } from './strikes.ts';
import { costOfTrials, describeTrials, type Trial } from './trial.ts';

type Stop = Exclude<Step, { kind: 'call' | 'wait-and-call' }>;
type Receive = { trials: readonly Trial[]; strikes: Strikes };

/** What a receive came to, once its last step is known. */
export function toResult(step: Stop, receive: Receive): StreamedAnswerResult {
  switch (step.kind) {
    case 'answer':
      return toAnswered(step.trial, receive);
    case 'end':
      return toEnded(step.reason, receive);
    case 'break-off':
      return toInterrupted(receive);
    case 'wait':
      return toWaiting(step, receive);
  }
}

/** The end of a request that no target of its route can take: it would wait for ever. */
export function endUnsuitable(routeName: string, excluded: Plan['excluded']): Ended {
  const reasons = excluded.map(({ target, reason }) => `${target} (${reason})`).join(', ');
  const message = `No target of route "${routeName}" meets what the request requires: ${reasons}. Require less, or name another route.`;
  return { kind: 'ended', reason: 'invalid', error: { code: 'NoSuitableTarget', message }, costUsd: 0, attempts: [] };
}

function toAnswered(trial: Trial, { trials }: Receive): Answered {
  const { planned, reply } = trial;
  if (reply.outcome !== 'succeeded') throw new Error(`An attempt that ${reply.outcome} was taken for an answer`);
  const { id, model, region } = planned.target;
  return {
    kind: 'answered',
    output: reply.output,
    stopReason: reply.stopReason,
    ...(reply.usage && { usage: reply.usage }),
    servedBy: { target: id, model, region },
    ...(planned.degraded && { degraded: toDegraded(planned.degraded, trial, trials) }),
    costUsd: costOfTrials(trials),
    ...(reply.firstTokenMs !== undefined && { firstTokenMs: reply.firstTokenMs }),
    attempts: attemptsOf(trials),
  };
}

function toDegraded({ from, reason }: { from: string; reason: string }, trial: Trial, trials: readonly Trial[]) {
  const why = describeTrials(trials.filter((one) => one !== trial)) || 'no candidate can take the request';
  return { from, reason: `${reason}: ${why}` };
}

function toEnded(reason: Ended['reason'], { trials, strikes }: Receive): Ended {
  const { reply } = decidingTrial(reason, trials);
  const { usage } = reply;
  const error = reason === 'quarantined' ? quarantineError(trials, strikes) : { code: reply.error, message: reply.message };
  const { providerMessage } = reply;
  return {
    kind: 'ended',
    reason,
    error,
    ...(providerMessage && { providerMessage }),
    ...(usage && { usage }),
    costUsd: costOfTrials(trials),
    attempts: attemptsOf(trials),
  };
}

/** The call that broke off is the last one: none is begun after a piece was given away. */
function toInterrupted({ trials }: Receive): Interrupted {
  const last = trials.at(-1);
  if (!last || last.reply.outcome === 'succeeded') throw new Error('An answer was taken for broken off that did not fail');
  const { planned, reply } = last;
  const { id, model, region } = planned.target;
  return {
    kind: 'interrupted',
    error: { code: reply.error, message: reply.message },
    servedBy: { target: id, model, region },
    ...(reply.usage && { usage: reply.usage }),
    costUsd: costOfTrials(trials),
    attempts: attemptsOf(trials),
  };
}

function toWaiting({ reason, retryAfterMs }: Stop & { kind: 'wait' }, { trials, strikes }: Receive): Waiting {
  const [first] = trials;
  const waits = [...trials.map(({ attempt }) => attempt.retryAfterMs), retryAfterMs].filter((wait) => wait !== undefined);
  return {
    kind: 'waiting',
    reason,
    detail: describeTrials(trials) || 'no attempt was begun',
    ...(first && first.reply.outcome !== 'succeeded' && { error: { code: first.reply.error, message: first.reply.message } }),
    ...(waits.length > 0 && { retryAfterMs: Math.min(...waits) }),
    strikes,
    costUsd: costOfTrials(trials),
    attempts: attemptsOf(trials),
  };
}

const DECIDES = { refused: 'refuse', invalid: 'reject', 'too-long': 'longer', quarantined: 'doubt' } as const satisfies Record<
  Ended['reason'],
  Conduct
>;

/** The one that ended the request. It need not be the last: another call may have run beside it, or followed on one that was too long. */
function decidingTrial(reason: Ended['reason'], trials: readonly Trial[]): { reply: ModelFailure } {
  const reply = trials.findLast((trial) => conductOf(trial.reply) === DECIDES[reason])?.reply;
  if (!reply || reply.outcome === 'succeeded') throw new Error(`A request ended as ${reason} without an attempt that failed so`);
  return { reply };
}

function quarantineError(trials: readonly Trial[], { againstRequest, total }: Strikes): ErrorDetail {
  const evidence =
    againstRequest > 1 ? 'while the same targets answered others' : 'and nothing else showed whether it or the targets are at fault';
  const message = `The request failed ${total} times without a clear cause, ${evidence}; it is not tried again. Last: ${describeTrials(trials)}.`;
  return { code: 'Quarantined', message };
}

function attemptsOf(trials: readonly Trial[]): Attempt[] {
  return trials.map(({ attempt }) => attempt);
}
