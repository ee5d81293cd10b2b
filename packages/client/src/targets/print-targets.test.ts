import { describe, expect, it } from 'vitest';
import { createTestOutput } from '../testing/test-output.ts';
import { testListing, testTargetList } from '../testing/test-targets.ts';
import { printTargets } from './print-targets.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const held = testListing({
  target: 'nova-pro',
  state: 'open',
  share: 0,
  reason: 'by ann: upgrade',
  since: '2026-01-01T11:30:00.000Z',
  latencyMs: 812.4,
  hold: { author: 'ann', until: '2026-01-02T01:30:00.000Z' },
});

function print(
  list = testTargetList({ targets: [testListing(), held] }),
  own: { columns?: number; json?: boolean; problem?: string } = {},
) {
  const test = createTestOutput(own);
  const code = printTargets({ list, problem: own.problem }, { output: test.output, now: NOW, json: own.json });
  return { code, printed: test.printed(), noted: test.noted() };
}

describe('signalbox targets list', () => {
  it('has a line for each target: state, share, since when and why', () => {
    const { code, printed, noted } = print();
    const [head, first, second] = printed.split('\n').map((line) => line.split(/ {2,}/));
    expect({ code, noted }).toEqual({ code: 0, noted: '' });
    expect(head).toEqual(['TARGET', 'STATE', 'SHARE', 'SINCE', 'P50', 'REASON', 'ROUTES', 'MODEL', 'REGION', 'KIND']);
    expect(first).toEqual(['nova-lite', 'closed', '100 %', '–', '–', '–', 'default', 'amazon.nova-lite-v1:0', 'us-east-1', 'bedrock']);
    expect(second?.slice(0, 5)).toEqual(['nova-pro', 'open, by hand', '0 %', '11:30 UTC', '812 ms']);
  });

  it('says who holds a target by hand, why and until when', () => {
    expect(print().printed).toContain('by ann: upgrade; until 2026-01-02 01:30 UTC');
    // A controller of an older release does not say until when.
    expect(print(testTargetList({ targets: [{ ...held, hold: {} }] })).printed).toMatch(/open, by hand.*by ann: upgrade {2}/);
  });

  it('keeps what matters on a narrow terminal, within its width', () => {
    const { printed } = print(undefined, { columns: 70 });
    expect(printed).toContain('REASON');
    expect(printed).not.toContain('REGION');
    for (const line of printed.split('\n')) expect(line.length).toBeLessThanOrEqual(70);
  });

  it('never lets a reason steer the terminal', () => {
    expect(print(testTargetList({ targets: [testListing({ reason: 'by \u001b[2Jann' })] })).printed).not.toContain('\u001b');
  });

  it.each([
    [
      testTargetList({ health: { kind: 'stale', seq: 7, publishedAt: '2026-01-01T11:30:00.000Z' } }),
      undefined,
      '30 minutes ago, so nobody goes by it',
      0,
    ],
    [testTargetList({ health: { kind: 'absent' } }), undefined, 'No fleet health was published yet', 0],
    [testTargetList({ health: { kind: 'unreachable' } }), 'connect ECONNREFUSED', 'could not be read: connect ECONNREFUSED', 1],
    [testTargetList({ panic: ['default'] }), undefined, 'In panic, with no target that is up: default', 0],
  ])('says beside the list what it is worth: %#', (list, problem, words, code) => {
    const own = problem === undefined ? {} : { problem };
    expect(print(list, own)).toMatchObject({ code, noted: expect.stringContaining(words) });
  });

  it('prints what GET /v1/targets answers to programs', () => {
    const list = testTargetList({ targets: [held] });
    expect(JSON.parse(print(list, { json: true }).printed)).toEqual(list);
  });
});
