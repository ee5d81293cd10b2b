import type { TargetList, TargetListing } from '@signalbox/contracts';

/** A target of the tests as it is listed, with what a test says of it. */
export function testListing(own: Partial<TargetListing> = {}): TargetListing {
  return {
    target: 'nova-lite',
    kind: 'bedrock',
    model: 'amazon.nova-lite-v1:0',
    modelId: 'amazon.nova-lite-v1:0',
    region: 'us-east-1',
    class: 'standard',
    routes: ['default'],
    state: 'closed',
    share: 1,
    ...own,
  };
}

/** A list of these targets, by health that was published at the given time. */
export function testTargetList({ targets = [testListing()], ...own }: Partial<TargetList> = {}): TargetList {
  const health = { kind: 'current' as const, seq: 7, publishedAt: '2026-01-01T00:00:00.000Z' };
  return { tableVersion: 'abc123', tableSource: 'appconfig', health, panic: [], targets, ...own };
}
