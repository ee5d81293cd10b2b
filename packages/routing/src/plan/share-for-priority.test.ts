import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareForPriority } from './share-for-priority.ts';

describe('shareForPriority', () => {
  it.each([
    [1, 1, 1, 1],
    [0.9, 1, 0.9, 0.8],
    [0.7, 1, 0.7, 0.4],
    [0.5, 1, 0.5, 0.05],
    [0.2, 0.4, 0.2, 0.05],
    [0.03, 0.06, 0.03, 0.03],
    [0, 0, 0, 0],
  ])('makes of %d for interactive %d, standard %d, bulk %d', (share, interactive, standard, bulk) => {
    expect(shareForPriority(share, 'interactive')).toBeCloseTo(interactive);
    expect(shareForPriority(share, 'standard')).toBeCloseTo(standard);
    expect(shareForPriority(share, undefined)).toBeCloseTo(standard);
    expect(shareForPriority(share, 'bulk')).toBeCloseTo(bulk);
  });

  it('sheds bulk before standard before interactive, closes nobody, and keeps as much as before of equal parts', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1, noNaN: true }), (share) => {
        const [interactive, standard, bulk] = (['interactive', 'standard', 'bulk'] as const).map((one) => shareForPriority(share, one));
        expect(interactive).toBeGreaterThanOrEqual(standard as number);
        expect(standard).toBeGreaterThanOrEqual(bulk as number);
        expect(bulk).toBeGreaterThan(0);
        expect(interactive).toBeLessThanOrEqual(1);
        const kept = ((interactive as number) + (standard as number) + (bulk as number)) / 3;
        expect(kept).toBeGreaterThanOrEqual(share - 1e-9);
        expect(kept).toBeLessThanOrEqual(share + 0.05 / 3 + 1e-9);
      }),
    );
  });
});
