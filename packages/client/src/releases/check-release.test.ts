import type { RoutingTable } from '@signalbox/contracts';
import { routingTable } from '@signalbox/contracts/samples';
import { describe, expect, it } from 'vitest';
import { checkRelease } from './check-release.ts';
import { ReleaseError } from './release-error.ts';

const installation = {
  name: 'stage prod in us-east-1',
  allowed: { models: ['amazon.nova-lite-v1:0', 'amazon.nova-micro-v1:0'], regions: ['us-east-1'], globalProfiles: false },
  readers: { inference: '1.0', gateway: '1.2' },
};

function problems(change: (table: RoutingTable) => void, more: Partial<typeof installation> = {}): readonly string[] {
  const table = structuredClone(routingTable);
  change(table);
  try {
    checkRelease({ ...installation, ...more }, table);
    return [];
  } catch (error) {
    if (error instanceof ReleaseError) return error.problems;
    throw error;
  }
}
const change = (fields: Partial<RoutingTable['targets'][string]>) => (table: RoutingTable) =>
  Object.assign(table.targets['nova-lite'] ?? {}, fields);

describe('checkRelease', () => {
  it('lets a table pass that keeps to what is allowed', () => {
    expect(problems(() => undefined)).toEqual([]);
  });

  it.each([
    ['a model', { model: 'a.b' }, /a\.b is not one of AllowedModels/],
    ['a region', { region: 'eu-west-1' }, /eu-west-1, which is not one of AllowedRegions/],
    ['a region of a profile', { processingRegions: ['us-east-1', 'us-east-2'] }, /may run in us-east-2/],
    ['regions that nobody states', { processingRegions: null }, /nobody states where amazon.nova-lite-v1:0 may run/],
    ['a global profile', { modelId: 'global.amazon.nova-lite-v1:0', processingRegions: null }, /global profile; set AllowGlobalProfiles/],
  ])('refuses %s outside', (_, fields, message) => {
    expect(problems(change(fields))).toEqual([expect.stringMatching(message)]);
  });

  it('allows a global profile where they are allowed, wherever it may run', () => {
    const allowed = { ...installation.allowed, globalProfiles: true };
    expect(problems(change({ modelId: 'global.amazon.nova-lite-v1:0', processingRegions: ['eu-west-1'] }), { allowed })).toEqual([]);
  });

  it.each([
    ['1.0', []],
    ['1.1', ['inference']],
    ['1.2', ['inference']],
    ['1.3', ['inference', 'gateway']],
    ['2.0', ['inference', 'gateway']],
  ])('of a table of schema version %s is refused for the readers %j', (schemaVersion, services) => {
    const found = problems((table) => Object.assign(table, { schemaVersion }));
    expect(found.map((problem) => problem.split(' ')[0])).toEqual(services);
  });
});
