import type { OutcomeKind } from '@signalbox/contracts';
import { OutcomeKind as OutcomeKindSchema } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { type HealthClass, healthClass } from './health-class.ts';

const CLASSES: [OutcomeKind, HealthClass][] = [
  ['succeeded', 'well'],
  ['throttled', 'throttle'],
  ['not-ready', 'not-ready'],
  ['faulted', 'fault'],
  ['model-error', 'ambiguous'],
  ['timed-out', 'ambiguous'],
  ['malformed', 'ambiguous'],
  ['refused', 'nothing'],
  ['too-long', 'nothing'],
  ['rejected', 'nothing'],
  ['misconfigured', 'misconfigured'],
  ['cancelled', 'nothing'],
];

describe('an attempt', () => {
  it('has a class for every outcome', () => {
    expect(CLASSES.map(([outcome]) => outcome).toSorted()).toEqual([...OutcomeKindSchema.options].toSorted());
  });

  it.each(CLASSES)('that %s says %s of its target', (outcome, expected) => {
    expect(healthClass({ outcome })).toBe(expected);
  });

  it.each<[OutcomeKind, HealthClass]>(
    CLASSES.map(([outcome, expected]) => [outcome, outcome === 'succeeded' || outcome === 'cancelled' ? 'slow' : expected]),
  )('that %s and was slow says %s', (outcome, expected) => {
    expect(healthClass({ outcome, slow: true })).toBe(expected);
  });

  it.each<[number, HealthClass]>([
    [400, 'nothing'],
    [404, 'nothing'],
    [413, 'nothing'],
    [408, 'ambiguous'],
    [429, 'ambiguous'],
    [500, 'ambiguous'],
    [503, 'ambiguous'],
  ])('that failed over a %i of the model says %s', (originalStatus, expected) => {
    expect(healthClass({ outcome: 'model-error', originalStatus })).toBe(expected);
  });
});
