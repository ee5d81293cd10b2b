import type { Explanation } from '@signalbox/routing';
import type { Explained } from '../explain/explain-request.ts';

type Target = Explanation['targets'][number];

export function testExplainedTarget(own: Partial<Target> = {}): Target {
  return {
    target: 'nova-lite',
    model: 'amazon.nova-lite-v1:0',
    modelId: 'amazon.nova-lite-v1:0',
    region: 'us-east-1',
    class: 'standard',
    isFallback: false,
    probability: 1,
    share: 1,
    estimatedCostUsd: 0.001,
    words: 'asked first, as the policy orders it',
    ...own,
  };
}

/** An explanation of the tests, with what a test says of it. */
export function testExplained(own: Partial<Explanation> = {}): Extract<Explained, { kind: 'explained' }> {
  const explanation: Explanation = {
    route: 'default',
    strategy: 'static',
    orderedBy: 'the order in which the policy names them',
    estimatedInputTokens: 1_200,
    maxOutputTokens: 1_024,
    targets: [testExplainedTarget()],
    leftOut: [],
    nobodyProbability: 0,
    ...own,
  };
  return { kind: 'explained', explanation, asked: 'default', notes: [] };
}
