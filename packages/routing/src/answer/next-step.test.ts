import type { ModelReply } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import type { PlannedTarget } from '../plan/planned-target.ts';
import { makeTarget } from '../testing/make-table.ts';
import { answered, failed, START } from '../testing/scripted-model.ts';
import type { Hold } from './hold.ts';
import { hedgeStep, nextStep, type Standing, type Step } from './next-step.ts';
import { recordAttempt } from './record-attempt.ts';
import { NO_STRIKES } from './strikes.ts';
import type { Trial } from './trial.ts';

const planned = (id: string, stated: Partial<PlannedTarget> = {}): PlannedTarget => ({
  target: makeTarget(id),
  probability: 1,
  isFirstDraw: id === 'a',
  isFallback: false,
  ...stated,
});
const targets = ['a', 'b', 'c'].map((id) => planned(id));

function trial(id: string, reply: ModelReply): Trial {
  const limits = { attemptMs: 60_000, maxTargets: 3 };
  const attempt = recordAttempt({
    attemptId: 'r#1',
    planned: planned(id),
    isFirst: true,
    limits,
    startedAt: START,
    durationMs: 100,
    reply,
  });
  return { planned: planned(id), reply, attempt };
}

function standing(stated: Partial<Standing> = {}): Standing {
  return {
    targets,
    heldOut: [],
    trials: [],
    strikes: NO_STRIKES,
    maxTargets: 3,
    maxRetryAfterMs: 0,
    remainingMs: 60_000,
    isAborted: false,
    isSuspect: false,
    canWait: true,
    isWorthALook: () => true,
    isTrial: false,
    hasRetryToken: true,
    hasWaited: false,
    hasSpoken: false,
    holdOf: () => undefined,
    shareOf: () => 1,
    affords: () => true,
    ...stated,
  };
}

const holds = (held: Record<string, Hold>) => ({ holdOf: ({ id }: { id: string }) => held[id] });
const shares = (known: Record<string, number>) => ({ shareOf: ({ id }: { id: string }) => known[id] ?? 1 });
const throttle = (retryAfterMs?: number) => failed('throttled', retryAfterMs === undefined ? {} : { retryAfterMs });
const transient = failed('faulted', { isTransient: true });
const resting = (forMs: number): Hold => ({ cause: 'resting', forMs });
const faulting: Hold = { cause: 'faulting', forMs: 5_000 };
const atQuota: Hold = { cause: 'at-quota', forMs: 9_000 };

/** A step in short: `call a`, `pause a 100-400`, `wait throttled`. */
function inShort(step: Step): string {
  switch (step.kind) {
    case 'call':
      return `call ${step.planned.target.id}${step.costsToken ? ' for a token' : ''}${step.hedgeAfterMs ? ' hedged' : ''}`;
    case 'wait-and-call':
      return `pause ${step.planned.target.id} ${step.pause.atLeastMs}-${step.pause.atMostMs}`;
    case 'answer':
      return `answer ${step.trial.planned.target.id}`;
    case 'break-off':
      return 'break off';
    case 'end':
      return `end ${step.reason}`;
    case 'wait':
      return `wait ${step.reason}${step.retryAfterMs === undefined ? '' : ` ${step.retryAfterMs}`}`;
  }
}

describe('the next step', () => {
  it.each<[string, Partial<Standing>, string]>([
    ['is the first target', {}, 'call a'],
    ['is the first target that may be called', holds({ a: faulting }), 'call b'],
    ['is the first target, however doubted, for nothing', shares({ a: 0.1 }), 'call a'],
    ['may be hedged when it is the first call', { hedgeAfterMs: 2_000 }, 'call a hedged'],
    ['is not hedged later', { hedgeAfterMs: 2_000, trials: [trial('a', failed('faulted'))] }, 'call b'],
    ['is to wait when all targets rest', holds({ a: resting(3_000), b: resting(2_000), c: atQuota }), 'wait throttled 2000'],
    ['is to wait as unavailable when one of them failed', holds({ a: resting(3_000), b: faulting, c: atQuota }), 'wait unavailable'],
    ['is to wait without time', { remainingMs: 999 }, 'wait out-of-time'],
    ['is to wait when it was given up', { isAborted: true }, 'wait cancelled'],
  ])('at the start %s', (_, stated, expected) => {
    expect(inShort(nextStep(standing(stated)))).toBe(expected);
  });

  it.each<[string, ModelReply, Partial<Standing>, string]>([
    ['a 429 without a time is the same target after 100 to 400 ms', throttle(), {}, 'pause a 100-400'],
    ['a 429 with no time at all is the same', throttle(0), {}, 'pause a 100-400'],
    ['a 429 without a token is the next target', throttle(), { hasRetryToken: false }, 'call b'],
    ['a 429 in a live trial is the end of it', throttle(), { isTrial: true, maxTargets: 1 }, 'wait throttled'],
    ['a 429 with a time, where the route waits for none, is the next target', throttle(1), {}, 'call b'],
    ['a 429 with a time that the route waits for is that pause', throttle(2_000), { maxRetryAfterMs: 2_000 }, 'pause a 2010-2250'],
    ['a 429 with next to no time is a pause all the same', throttle(1), { maxRetryAfterMs: 2_000 }, 'pause a 100-251'],
    ['a 429 with a longer time is the next target', throttle(2_001), { maxRetryAfterMs: 2_000 }, 'call b'],
    ['a 429 with a time that fits is that pause', throttle(2_000), { maxRetryAfterMs: 5_000, remainingMs: 3_250 }, 'pause a 2010-2250'],
    ['a 429 with a time that does not fit is the next target', throttle(2_000), { maxRetryAfterMs: 5_000, remainingMs: 3_249 }, 'call b'],
    [
      'a 429 with a time, after one was waited for, is the next target',
      throttle(2_000),
      { maxRetryAfterMs: 5_000, hasWaited: true },
      'call b',
    ],
    [
      'a 429 while the target rests for longer is the longer pause',
      throttle(2_000),
      { maxRetryAfterMs: 5_000, ...holds({ a: resting(4_000) }) },
      'pause a 4010-4250',
    ],
    [
      'a 429 while the target rests for too long is the next target',
      throttle(2_000),
      { maxRetryAfterMs: 3_000, ...holds({ a: resting(4_000) }) },
      'call b',
    ],
    ['a 429 of a target at its quota is the next one', throttle(), holds({ a: atQuota }), 'call b'],
    ['a 429 of a target that was asked for less is the next one', throttle(), shares({ a: 0.99 }), 'call b'],
    ['such a 429 is the next one too when it says how long', throttle(100), { maxRetryAfterMs: 200, ...shares({ a: 0.05 }) }, 'call b'],
    [
      'such a 429 is the same target where the others are held out',
      throttle(),
      { ...shares({ a: 0.05 }), ...holds({ b: faulting, c: faulting }) },
      'pause a 100-400',
    ],
    ['such a 429 is the same target where there is no other', throttle(), { ...shares({ a: 0.05 }), maxTargets: 1 }, 'pause a 100-400'],
    ['a transient fault of a target at a reduced share is the same target', transient, shares({ a: 0.05 }), 'pause a 50-150'],
    ['silence is to wait where a second look would tell nothing', failed('timed-out'), { isWorthALook: () => false }, 'wait unavailable'],
    [
      'silence is a second look all the same for one who cannot wait',
      failed('timed-out'),
      { isWorthALook: () => false, canWait: false },
      'call b',
    ],
    ['a fault is the next target whatever a look would tell', failed('faulted'), { isWorthALook: () => false }, 'call b'],
    ['a transient fault is the same target after 50 to 150 ms', transient, {}, 'pause a 50-150'],
    ['a transient fault without a token is the next target', transient, { hasRetryToken: false }, 'call b'],
    ['a transient fault of a target that is out by now is the next one', transient, holds({ a: faulting }), 'call b'],
    ['a transient fault without the time for both is the next target', transient, { remainingMs: 1_149 }, 'call b'],
    ['a transient fault whose pause is over is the second call', transient, { pausedFor: 'a' }, 'call a'],
    ['a pause in which the target went out is the next target', transient, { pausedFor: 'a', ...holds({ a: faulting }) }, 'call b'],
    ['a pause that took all the time is out of time', transient, { pausedFor: 'a', remainingMs: 500 }, 'wait out-of-time'],
    ['a fault for good is the next target', failed('faulted'), {}, 'call b'],
    ['silence is the next target', failed('timed-out'), {}, 'call b'],
    ['a target that is not ready is the next one', failed('not-ready'), {}, 'call b'],
    ['a fault is a doubted target for a token', failed('faulted'), shares({ b: 0.4, c: 0.4 }), 'call b for a token'],
    [
      'a fault is a trusted target before a doubted one without a token',
      failed('faulted'),
      { hasRetryToken: false, ...shares({ b: 0.4 }) },
      'call c',
    ],
    [
      'a fault is to wait where only doubted ones are left and there is no token',
      failed('faulted'),
      { hasRetryToken: false, ...shares({ b: 0.4, c: 0 }) },
      'wait unavailable',
    ],
    ['a fault where the others rest is to wait', failed('faulted'), holds({ b: resting(100), c: resting(200) }), 'wait unavailable'],
    [
      'a 429 where the others rest is to wait for the first of them',
      throttle(9_999),
      holds({ b: resting(100), c: atQuota }),
      'wait throttled 100',
    ],
    ['too long is the end where none is larger', failed('too-long'), {}, 'end too-long'],
    ['a refusal is the end', failed('refused'), {}, 'end refused'],
    ['a rejection is the end', failed('rejected'), {}, 'end invalid'],
    ['an answer is the answer', answered(), { isAborted: true }, 'answer a'],
  ])('after %s', (_, reply, stated, expected) => {
    expect(inShort(nextStep(standing({ trials: [trial('a', reply)], ...stated })))).toBe(expected);
  });

  it.each<[string, [ModelReply, ModelReply], string]>([
    ['is the answer of the first, whatever the second', [answered(), failed('cancelled')], 'answer a'],
    ['is the answer of the second', [failed('cancelled'), answered()], 'answer b'],
    ['is the earlier of two answers', [answered(), answered()], 'answer a'],
    ['is the end after a refusal of either', [failed('refused'), failed('cancelled')], 'end refused'],
    ['is the third target when both failed', [failed('timed-out'), failed('faulted')], 'call c'],
    ['is to wait when both fell silent', [failed('timed-out'), failed('timed-out')], 'wait unavailable'],
    ['is the retry of the second when that may help', [failed('timed-out'), transient], 'pause b 50-150'],
  ])('after two calls side by side %s', (_, [first, second], expected) => {
    expect(inShort(nextStep(standing({ trials: [trial('a', first), trial('b', second)] })))).toBe(expected);
  });

  it('does not call a target again whose context was found too small by another call for the request', () => {
    const trials = [trial('a', failed('too-long')), trial('b', transient)];
    expect(nextStep(standing({ trials }))).toEqual({ kind: 'end', reason: 'too-long' });
  });

  it('makes no third call to a target', () => {
    const trials = [trial('a', transient), trial('a', transient)];
    expect(inShort(nextStep(standing({ trials, pausedFor: 'a' })))).toBe('call b');
    expect(inShort(nextStep(standing({ trials, maxTargets: 1 })))).toBe('wait unavailable');
  });
});

describe('a second call beside the first', () => {
  const [a] = targets as [PlannedTarget];
  const degraded = { from: 'standard', reason: 'answered by class simple' };
  it.each<[string, Partial<Standing>, mayDegrade: boolean, expected: string | undefined]>([
    ['goes to the next target', {}, true, 'b'],
    ['goes to the next that may be called', holds({ b: resting(100) }), true, 'c'],
    ['goes to the next that health trusts, token or not', shares({ b: 0.4 }), true, 'c'],
    ['goes to none that is held back', holds({ b: resting(100), c: faulting }), true, undefined],
    ['goes to a lower class where the request takes one', { targets: [a, planned('s', { degraded })] }, true, 's'],
    ['goes to no lower class where the request does not', { targets: [a, planned('s', { degraded })] }, false, undefined],
    ['is not made where one target is all', { maxTargets: 1 }, true, undefined],
    ['is not made without time', { remainingMs: 999 }, true, undefined],
    ['is not made in a live trial', { isTrial: true }, true, undefined],
    ['is not made for one who left', { isAborted: true }, true, undefined],
  ])('%s', (_, stated, mayDegrade, expected) => {
    expect(hedgeStep(standing(stated), a, mayDegrade)?.target.id).toBe(expected);
  });
});
