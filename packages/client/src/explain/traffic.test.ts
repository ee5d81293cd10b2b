import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testExplained, testExplainedTarget } from '../testing/test-explanation.ts';
import { createTestOutput } from '../testing/test-output.ts';
import { printTraffic } from './print-traffic.ts';
import { type ExplainedLine, summarizeTraffic } from './summarize-traffic.ts';

const drawn = testExplained({
  route: 'extract',
  targets: [
    testExplainedTarget({ probability: 0.75, estimatedCostUsd: 0.004 }),
    testExplainedTarget({ target: 'nova-pro', probability: 0.25, estimatedCostUsd: 0.04 }),
  ],
});
const lines: ExplainedLine[] = [
  { line: 1, explained: testExplained() },
  { line: 2, explained: drawn },
  { line: 3, explained: drawn },
  { line: 4, problem: 'Unexpected end of JSON input' },
  { line: 5, explained: { kind: 'refused', problems: [{ path: 'route', message: 'is not a route of the policy; one of: default' }] } },
  {
    line: 6,
    explained: testExplained({
      targets: [],
      leftOut: [{ target: 'nova-lite', reason: 'region', words: 'may process content in us-east-1' }],
    }),
  },
];

describe('summarizeTraffic', () => {
  it('adds up chances and costs by route and target', () => {
    const { targets, requests, answerable } = summarizeTraffic(lines);
    expect({ requests, answerable }).toEqual({ requests: 6, answerable: 3 });
    expect(targets).toEqual([
      { route: 'default', target: 'nova-lite', requests: 1, share: 1 / 3, costUsd: 0.001, unpricedRequests: 0 },
      { route: 'extract', target: 'nova-lite', requests: 1.5, share: 0.5, costUsd: expect.closeTo(0.006, 12), unpricedRequests: 0 },
      { route: 'extract', target: 'nova-pro', requests: 0.5, share: 0.5 / 3, costUsd: expect.closeTo(0.02, 12), unpricedRequests: 0 },
    ]);
  });

  it('counts every answerable request once, also where health may hold everyone out', () => {
    const halved = testExplained({
      targets: [testExplainedTarget({ probability: 0.2 }), testExplainedTarget({ target: 'b', probability: 0.3 })],
      nobodyProbability: 0.5,
    });
    const { targets } = summarizeTraffic([{ line: 1, explained: halved }]);
    expect(targets.map(({ target, requests }) => [target, requests])).toEqual([
      ['b', 0.6],
      ['nova-lite', 0.4],
    ]);
  });

  it('keeps the lines that would be refused, and those that nobody could take, with why', () => {
    const { refused, unservable } = summarizeTraffic(lines);
    expect(refused).toEqual([
      { line: 4, problems: ['is not JSON: Unexpected end of JSON input'] },
      { line: 5, problems: ['route is not a route of the policy; one of: default'] },
    ]);
    expect(unservable).toEqual([{ line: 6, problems: ['route default: nova-lite may process content in us-east-1'] }]);
  });
});

const explainedLines = fc.array(
  fc.array(
    fc.record({
      target: fc.constantFrom('a', 'b', 'c'),
      probability: fc.double({ min: 0.01, max: 1, noNaN: true }),
      estimatedCostUsd: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    }),
    {
      maxLength: 3,
    },
  ),
  { minLength: 1, maxLength: 20 },
);

it('counts every request once, whatever its chances', () => {
  fc.assert(
    fc.property(explainedLines, (all) => {
      const traffic = summarizeTraffic(
        all.map((targets, line) => ({ line, explained: testExplained({ targets: targets.map(testExplainedTarget) }) })),
      );
      const sum = (field: 'requests' | 'share') => traffic.targets.reduce((total, one) => total + one[field], 0);
      expect(traffic.answerable + traffic.unservable.length).toBe(all.length);
      expect(sum('requests')).toBeCloseTo(traffic.answerable, 6);
      expect(sum('share')).toBeCloseTo(traffic.answerable > 0 ? 1 : 0, 6);
      for (const { unpricedRequests, requests } of traffic.targets) expect(unpricedRequests).toBeLessThanOrEqual(requests + 1e-9);
    }),
  );
});

describe('printTraffic', () => {
  function print(traffic = summarizeTraffic(lines), { columns, json }: { columns?: number; json?: boolean } = {}) {
    const test = createTestOutput(columns === undefined ? {} : { columns });
    return { ...test, exitCode: printTraffic({ traffic, basis: 'By v1.', output: test.output, json }), lines: test.printed().split('\n') };
  }

  it('prints a table with a sum, and the lines that go nowhere', () => {
    const { exitCode, lines: printed, noted } = print();
    expect(exitCode).toBe(1);
    expect(printed).toEqual([
      'ROUTE    TARGET     REQUESTS   SHARE  COST ≤  PER REQUEST',
      'default  nova-lite         1  33.3 %  $0.001       $0.001',
      'extract  nova-lite       1.5    50 %  $0.006       $0.004',
      'extract  nova-pro        0.5  16.7 %   $0.02        $0.04',
      'all                        3   100 %  $0.027       $0.009',
      '',
      '2 requests refused: not valid, no model would be asked',
      '  line 4: is not JSON: Unexpected end of JSON input',
      '  line 5: route is not a route of the policy; one of: default',
      '',
      '1 request that no target can take',
      '  line 6: route default: nova-lite may process content in us-east-1',
    ]);
    expect(noted()).toContain('6 requests, 3 of them answerable. By v1.');
  });

  it('breaks what it says beside the table where the terminal ends', () => {
    const { noted } = print(undefined, { columns: 60 });
    for (const line of noted().split('\n')) expect(line.length).toBeLessThanOrEqual(60);
    expect(noted().replaceAll(/\s+/g, ' ')).toContain('what is drawn is counted by its chance.');
  });

  it('never takes an unknown price for nothing', () => {
    const unpriced = summarizeTraffic([
      { line: 1, explained: testExplained() },
      { line: 2, explained: testExplained({ targets: [testExplainedTarget({ target: 'new', estimatedCostUsd: null })] }) },
    ]);
    const { exitCode, lines: printed, noted } = print(unpriced);
    expect(exitCode).toBe(0);
    expect(
      printed
        .find((line) => line.includes(' new '))
        ?.split(/ {2,}/)
        .slice(-2),
    ).toEqual(['–', '–']);
    expect(printed.at(-1)).toContain('$0.001+');
    expect(noted()).toContain('the price of some is not known');
  });

  it('groups lines by what is wrong with them, and counts what is too much to show', () => {
    const same = Array.from({ length: 12 }, (_, index): ExplainedLine => ({ line: index + 1, problem: 'no' }));
    expect(print(summarizeTraffic(same)).lines.at(-1)).toBe('  lines 1, 2, 3, 4, 5, 6, 7, 8 and 4 more: is not JSON: no');
    const different = Array.from({ length: 25 }, (_, index): ExplainedLine => ({ line: index + 1, problem: `no ${index}` }));
    expect(print(summarizeTraffic(different)).lines.at(-1)).toBe('  and 5 more reasons; --json has them all');
  });

  it.each([60, 80])('fits %i columns', (columns) => {
    const { lines: printed } = print(summarizeTraffic(lines), { columns });
    expect(Math.max(...printed.map((line) => line.length))).toBeLessThanOrEqual(columns);
  });

  it('prints JSON', () => {
    expect(print(undefined, { json: true }).json()).toMatchObject({ requests: 6, answerable: 3, refused: [{ line: 4 }, { line: 5 }] });
  });
});
