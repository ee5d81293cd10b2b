import { describe, expect, it } from 'vitest';
import { createTestOutput } from '../testing/test-output.ts';
import { testRoute, testTable, testTarget } from '../testing/test-table.ts';
import { diffTables } from './diff-tables.ts';
import { printDiff } from './print-diff.ts';

const lite = testTarget();
const pro = testTarget({ id: 'nova-pro', model: 'amazon.nova-pro-v1:0', class: 'advanced' });
const before = testTable({
  targets: [lite, pro],
  routes: [
    testRoute(),
    testRoute({
      name: 'extract',
      strategy: 'weighted',
      candidates: [
        { target: 'nova-lite', weight: 3 },
        { target: 'nova-pro', weight: 1 },
      ],
    }),
    testRoute({ name: 'old' }),
  ],
});
const after = testTable({
  version: 'v2',
  targets: [
    testTarget({ region: 'us-west-2', price: { ...lite.price, inputPerMTokens: null }, definition: 'd2' }),
    testTarget({ id: 'micro' }),
  ],
  routes: [
    testRoute({ fallbacks: ['micro'] }),
    testRoute({
      name: 'extract',
      strategy: 'weighted',
      candidates: [
        { target: 'nova-lite', weight: 1 },
        { target: 'micro', weight: 1, tier: 0 },
      ],
    }),
    testRoute({
      name: 'fast',
      strategy: 'lowest-latency',
      candidates: [
        { target: 'nova-lite', weight: 2 },
        { target: 'micro', weight: 1, tier: 1 },
      ],
    }),
  ],
});

function linesOf(from: typeof before | undefined, to: typeof after, columns?: number): string[] {
  const { output, printed } = createTestOutput(columns === undefined ? {} : { columns });
  printDiff(diffTables(from, to), to, output);
  return printed().split('\n');
}

describe('diffTables', () => {
  it('finds nothing between a table and itself', () => {
    expect(diffTables(before, structuredClone(before))).toEqual({ changes: [], moves: [] });
  });

  it('says in words what is added, removed and changed, and which traffic moves', () => {
    expect(linesOf(before, after)).toEqual([
      '  + target micro: amazon.nova-lite-v1:0 in us-east-1',
      '  ~ target nova-lite: region us-east-1 → us-west-2; price.inputPerMTokens 0.06 → not known',
      '  - target nova-pro',
      '  ~ route default: fallbacks none → micro',
      '  ~ route extract: candidates nova-lite (weight 3), nova-pro → nova-lite, micro',
      '  + route fast: lowest-latency, nova-lite (weight 2), micro (tier 1)',
      '  - route old',
      '',
      'traffic that moves, by first choice while all are well',
      '    extract: nova-lite 75 % → 50 %, nova-pro 25 % → 0 %, micro 0 % → 50 %',
    ]);
  });

  it('takes no change behind the first choice for traffic that moves', () => {
    const swapped = structuredClone(before);
    Object.assign(swapped.routes.default ?? {}, {
      candidates: [
        { target: 'nova-lite', weight: 1 },
        { target: 'nova-pro', weight: 1 },
      ],
    });
    expect(diffTables(before, swapped)).toMatchObject({ changes: [{ name: 'default' }], moves: [] });
  });

  it('takes everything of a first table for new', () => {
    expect(linesOf(undefined, testTable())).toEqual([
      '  + target nova-lite: amazon.nova-lite-v1:0 in us-east-1',
      '  + route default: static, nova-lite',
    ]);
  });

  it('says so when a figure decides from now on', () => {
    const weighted = testTable({
      targets: [lite, pro],
      routes: [
        testRoute({
          candidates: [
            { target: 'nova-lite', weight: 1 },
            { target: 'nova-pro', weight: 1 },
          ],
        }),
      ],
    });
    const cheapest = structuredClone(weighted);
    Object.assign(cheapest.routes.default ?? {}, { strategy: 'lowest-cost' });
    expect(linesOf(weighted, cheapest).at(-1)).toBe(
      '    default (static → lowest-cost): nova-lite 100 % → by lowest-cost, nova-pro 0 % → by lowest-cost',
    );
  });

  it('says of a set what comes and goes, and of rules what they do', () => {
    const ruled = structuredClone(before);
    Object.assign(ruled.targets['nova-lite'] ?? {}, { capabilities: ['vision'] });
    Object.assign(ruled.routes.default ?? {}, { rules: [{ name: 'tools', when: { hasTools: [true] }, route: 'extract' }] });
    expect(linesOf(before, ruled)).toEqual([
      '  ~ target nova-lite: capabilities +vision, -tool-use',
      '  ~ route default: rules tools (when {"hasTools":[true]}, to extract) (new)',
    ]);
  });

  it('names classes and reply queues that change', () => {
    const queues = { ...before, replyQueues: { reports: 'signalbox-reply-reports' } };
    expect(linesOf(before, queues)).toEqual(['  ~ policy: replyQueues.reports signalbox-reply-reports (new)']);
  });

  it('keeps to the width of a narrow terminal', () => {
    expect(Math.max(...linesOf(before, after, 60).map((line) => line.length))).toBeLessThanOrEqual(60);
  });
});
