import { describe, expect, it } from 'vitest';
import type { Release } from '../releases/types.ts';
import { createTestOutput } from '../testing/test-output.ts';
import { testRelease } from '../testing/test-release.ts';
import { printHistory } from './print-history.ts';

const releases = [
  testRelease({
    number: 3,
    tableVersion: undefined,
    state: 'DEPLOYING',
    percentage: 20,
    strategy: 'other',
    bytes: undefined,
    description: undefined,
  }),
  testRelease({
    number: 2,
    tableVersion: 'bbb222',
    state: 'ROLLED_BACK',
    rolledBackBecause: 'alarm failure-rate',
    description: 'more of nova-pro (by bob)',
  }),
  testRelease({ isInForce: true }),
];

function history(shown: readonly Release[], { columns, json }: { columns?: number; json?: boolean } = {}) {
  const test = createTestOutput(columns === undefined ? {} : { columns });
  return { ...test, exitCode: printHistory(shown, { output: test.output, json }), lines: test.printed().split('\n') };
}

describe('printHistory', () => {
  it('lists releases with how they ended, and marks the one in force', () => {
    expect(history(releases).lines.map((line) => line.split(/ {2,}/).filter(Boolean))).toEqual([
      ['RELEASE', 'VERSION', 'STARTED (UTC)', 'HOW', 'STATE', 'BYTES', 'WHAT'],
      ['3', '–', '2026-11-20 10:15', 'other', 'rolling out, 20 %', '–'],
      ['2', 'bbb222', '2026-11-20 10:15', 'staged', 'rolled back', '8,626', 'more of nova-pro (by bob); alarm failure-rate'],
      ['*', '1', 'aaa111', '2026-11-20 10:15', 'staged', 'complete', '8,626', 'the first (by ada)'],
    ]);
  });

  it.each([80, 100])('fits %i columns', (columns) => {
    expect(Math.max(...history(releases, { columns }).lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  });

  it('says what to do when there is none', () => {
    expect(history([]).lines).toEqual(['No routing table was released yet. Release one with: signalbox policy deploy']);
  });

  it('prints JSON', () => {
    expect(history(releases, { json: true }).json()).toHaveLength(3);
  });
});
