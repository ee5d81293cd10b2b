import type { Release } from '../releases/types.ts';

/** A release of the tests, complete, with what a test says of it. */
export function testRelease(own: Partial<Release> = {}): Release {
  return {
    number: 1,
    tableVersion: 'aaa111',
    hostedVersion: 1,
    state: 'COMPLETE',
    percentage: 100,
    startedAt: new Date('2026-11-20T10:15:00Z'),
    completedAt: undefined,
    strategy: 'staged',
    description: 'the first (by ada)',
    rolledBackBecause: undefined,
    bytes: 8_626,
    isInForce: false,
    ...own,
  };
}
