import { type Attempt, OutcomeKind } from '@signalbox/contracts';
import { attempt } from '@signalbox/contracts/samples';
import { expect, it } from 'vitest';
import { countFirstAttempts } from './count-first-attempts.ts';

const count = (...attempts: Partial<Attempt>[]) =>
  Object.fromEntries(countFirstAttempts(attempts.map((stated) => ({ ...attempt, ...stated }))));

it('counts what was asked first, not retries and failovers', () => {
  expect(count({}, { firstDraw: false, outcome: 'faulted' })).toEqual({ FirstAttempts: 1 });
  expect(count()).toEqual({});
});

it('counts an answer that came slowly', () => {
  expect(count({ slow: true }, { slow: true, outcome: 'timed-out' })).toEqual({
    FirstAttempts: 2,
    FirstAttemptsFailed: 1,
    FirstAttemptsSlow: 1,
  });
});

it.each(OutcomeKind.options)('counts %s against the target only if it is its doing', (outcome) => {
  const isNobodysFault = ['succeeded', 'refused', 'too-long', 'rejected', 'cancelled'].includes(outcome);
  expect(count({ outcome })).toEqual({ FirstAttempts: 1, ...(isNobodysFault ? {} : { FirstAttemptsFailed: 1 }) });
});
