import { USUAL_THRESHOLDS } from '@signalbox/routing/policy';
import { describe, expect, it } from 'vitest';
import { THRESHOLDS, thresholdsFor } from './thresholds.ts';

describe('the thresholds that a policy states', () => {
  it('are all that there are, and its language says of each what holds unless it is stated', () => {
    expect(USUAL_THRESHOLDS).toEqual(THRESHOLDS);
  });

  it('hold before the defaults, one by one; what is no threshold is passed over', () => {
    const health = { ejectionMs: 60_000, patience: 3 };
    expect(thresholdsFor({ health })).toEqual({ ...THRESHOLDS, ejectionMs: 60_000 });
    expect(thresholdsFor({})).toBe(THRESHOLDS);
  });
});
