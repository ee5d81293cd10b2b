import type { RoutingTable } from '@signalbox/contracts';
import { routingTable } from '@signalbox/contracts/samples';
import { describe, expect, it } from 'vitest';
import { checkRelease } from './check-release.ts';
import { ReleaseError } from './release-error.ts';

const installation: Parameters<typeof checkRelease>[0] = {
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
const change = (fields: object) => (table: RoutingTable) => Object.assign(table.targets['nova-lite'] ?? {}, fields);

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

  const sagemaker = { kind: 'sagemaker', model: 'own', modelId: 'signalbox-llama', processingRegions: ['us-east-1'] } as const;
  const endpoints = ['signalbox-*'];

  it('lets endpoints pass that are like a pattern, and servers wherever they are', () => {
    const allowed = { ...installation.allowed, endpoints };
    expect(problems(change(sagemaker), { allowed })).toEqual([]);
    const server = {
      kind: 'openai',
      baseUrl: 'https://llm.example.com',
      model: 'own',
      region: 'external',
      processingRegions: null,
    } as const;
    expect(problems(change(server), { allowed })).toEqual([]);
  });

  it.each([
    ['an endpoint', { ...sagemaker, modelId: 'other-llama' }, endpoints, /endpoint other-llama is not one of AllowedEndpoints/],
    ['an endpoint where none is allowed', sagemaker, undefined, /endpoint signalbox-llama is not one of AllowedEndpoints/],
    ['the region of an endpoint', { ...sagemaker, region: 'eu-west-1' }, endpoints, /eu-west-1, which is not one of AllowedRegions/],
  ])('refuses %s outside', (_, fields, patterns, message) => {
    const allowed = { ...installation.allowed, endpoints: patterns };
    expect(problems(change(fields), { allowed })).toEqual([expect.stringMatching(message)]);
  });

  it('refuses a guardrail in a region outside', () => {
    const guardrail = { id: 'gr1', version: '1', region: 'eu-west-1', applies: 'input' } as const;
    const found = problems((table) => Object.assign(table.routes.default ?? {}, { guardrail }));
    expect(found).toEqual([expect.stringMatching(/route default: its guardrail is in eu-west-1/)]);
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
