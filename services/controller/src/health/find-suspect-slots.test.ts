import type { OutcomeKind } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { findSuspectSlots } from './find-suspect-slots.ts';
import { bucketsOf, observe, START } from './testing/make-buckets.ts';

const NOW = START + 5_000;
const calls = (tenantSlot: number, outcome: OutcomeKind, count: number, at = START) => observe({ tenantSlot, outcome, count, at });
const suspects = (seen: ReturnType<typeof calls>[], now = NOW) => findSuspectSlots(bucketsOf(seen), now);
const poison = (count = 5, at = START) => calls(3, 'model-error', count, at);

describe('a suspect slot of tenants', () => {
  it('has five failures, not four', () => {
    const others = calls(1, 'succeeded', 30);
    expect(suspects([poison(5), others])).toEqual([3]);
    expect(suspects([poison(4), others])).toEqual([]);
  });

  it('has eight calls of others to compare with, not seven', () => {
    expect(suspects([poison(), calls(1, 'succeeded', 8)])).toEqual([3]);
    expect(suspects([poison(), calls(1, 'succeeded', 7)])).toEqual([]);
  });

  it('is so while less than a tenth of the calls of others fail alike', () => {
    expect(suspects([poison(), calls(1, 'succeeded', 19), calls(2, 'model-error', 1)])).toEqual([3]);
    expect(suspects([poison(), calls(1, 'succeeded', 9), calls(2, 'model-error', 1)])).toEqual([]);
  });

  it('is so for twenty seconds, by what began before now', () => {
    const seen = [poison(), calls(1, 'succeeded', 30)];
    expect(suspects(seen, START)).toEqual([3]);
    expect(suspects(seen, START - 1)).toEqual([]);
    expect(suspects(seen, START + 20_000)).toEqual([3]);
    expect(suspects(seen, START + 20_001)).toEqual([]);
  });
});
