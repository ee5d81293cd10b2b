import { describe, expect, it } from 'vitest';
import { testExplained, testExplainedTarget } from '../testing/test-explanation.ts';
import { createTestOutput } from '../testing/test-output.ts';
import type { Explained } from './explain-request.ts';
import { printExplanation } from './print-explanation.ts';

const basis = 'By policy/routing.yaml, version v1, as if every target were well.';

function print(explained: Explained, { columns, json }: { columns?: number; json?: boolean } = {}) {
  const test = createTestOutput(columns === undefined ? {} : { columns });
  const exitCode = printExplanation({ explained, basis, output: test.output, json });
  return { ...test, exitCode, lines: test.printed().split('\n') };
}

const degraded = testExplainedTarget({
  target: 'nova-micro',
  class: 'simple',
  probability: 0,
  isFallback: true,
  estimatedCostUsd: null,
  degraded: { from: 'standard', reason: 'every candidate failed' },
  words: 'asked when every candidate has failed, as a fallback; a degraded answer: class "simple" is below "standard"',
});
const leftOut = [{ target: 'nova-text', reason: 'input-modality' as const, words: 'does not read image; it reads text' }];

describe('printExplanation', () => {
  it('shows the order with chance, class, cost and reason, and what was left out', () => {
    const { exitCode, lines, noted } = print(testExplained({ targets: [testExplainedTarget(), degraded], leftOut }));
    expect(exitCode).toBe(0);
    expect(lines).toEqual([
      'route default',
      'static: the order in which the policy names them',
      'about 1,200 tokens of input, at most 1,024 of output',
      '',
      '   TARGET      FIRST  CLASS             COST ≤  WHY',
      '1  nova-lite   100 %  standard          $0.001  asked first, as the policy orders it',
      '2  nova-micro      –  simple, degraded       –  asked when every candidate has failed, as a fallback; a degraded answer: class "simple" is below "standard"',
      '',
      'left out',
      '   nova-text  does not read image; it reads text',
    ]);
    expect(noted()).toContain(basis);
  });

  it('says which rule led to the route', () => {
    const { lines } = print({ ...testExplained({ route: 'vision', rule: 'pictures' }) });
    expect(lines[0]).toBe('route vision, by the rule pictures of route default');
  });

  it('says when nothing could take the request, and fails', () => {
    const { exitCode, printed } = print(testExplained({ targets: [], leftOut, nobodyProbability: 1 }));
    expect(exitCode).toBe(1);
    expect(printed()).not.toContain('health');
    expect(printed()).toContain('No target can take this request.');
    expect(printed()).toContain('nova-text  does not read image');
  });

  it('repeats the words of the intake for a request that is not valid', () => {
    const { exitCode, lines } = print({ kind: 'refused', problems: [{ path: 'messages[0].role', message: 'must be user' }] });
    expect(exitCode).toBe(1);
    expect(lines).toEqual(['refused: the request is not valid, and no model would be asked', '  messages[0].role must be user']);
  });

  it('says what a sticky route goes by, and how often health leaves nobody', () => {
    const { printed } = print(testExplained({ sticky: { by: 'sessionId', hasKey: false }, nobodyProbability: 0.05 }));
    expect(printed()).toContain('sticky by sessionId, which the request does not have');
    expect(printed()).toContain('In 5 % of cases health holds everyone out');
  });

  it.each([60, 80])('fits %i columns', (columns) => {
    const { lines } = print(testExplained({ targets: [testExplainedTarget(), degraded], leftOut }), { columns });
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  });

  it('prints JSON', () => {
    expect(print(testExplained(), { json: true }).json()).toMatchObject({ kind: 'explained', basis, explanation: { route: 'default' } });
  });
});
