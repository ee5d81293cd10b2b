import type { Route, RoutingTable, RoutingTarget } from '@signalbox/contracts';
import { routingTable } from '@signalbox/contracts/samples';
import { describe, expect, it } from 'vitest';
import { type Allowed, checkTable } from './check-table.ts';

const ALLOWED: Allowed = {
  models: ['amazon.nova-lite-v1:0', 'amazon.nova-micro-v1:0'],
  regions: ['us-east-1'],
  endpoints: ['signalbox-*'],
  globalProfiles: false,
};

type Change = (table: { targets: Record<string, RoutingTarget>; routes: Record<string, Route>; classes: string[] }) => void;

function check(change: Change, allowed: Partial<Allowed> = {}): string[] {
  const table: RoutingTable = structuredClone(routingTable);
  change(table);
  return checkTable(table, { allowed: { ...ALLOWED, ...allowed } });
}
const lite = (table: Parameters<Change>[0]) => table.targets['nova-lite'] as RoutingTarget;
const route = (table: Parameters<Change>[0]) => table.routes.default as Route;
type Table = Parameters<Change>[0];
const endpoint = (table: Table, own: object = {}) =>
  Object.assign(lite(table), { kind: 'sagemaker', model: 'own', modelId: 'signalbox-llama', processingRegions: ['us-east-1'], ...own });
const server = (table: Table) =>
  Object.assign(lite(table), {
    kind: 'openai',
    model: 'own',
    baseUrl: 'https://llm.example.com',
    region: 'external',
    processingRegions: null,
  });
const guard = (table: Table, region = 'us-east-1') =>
  Object.assign(route(table), { guardrail: { id: 'g', version: '1', region, applies: 'input' } });
const rule = (name: string, when: object, to: string) => ({ name, when: when as never, route: to });

describe('checkTable', () => {
  it('has nothing against a table as the compiler makes it', () => {
    expect(check(() => undefined)).toEqual([]);
  });

  it.each<[string, Change, string]>([
    ['a key that is not the name of its target', (table) => (lite(table).id = 'other'), 'targets.nova-lite.id: is "other"'],
    ['a key that is not the name of its route', (table) => (route(table).name = 'other'), 'routes.default.name: is "other"'],
    ['an unknown class', (table) => (lite(table).class = 'best'), 'targets.nova-lite.class: "best" is not one of standard, simple'],
    ['a class twice', (table) => table.classes.push('simple'), 'classes: "simple" stands there twice'],
    ['no default route', (table) => delete table.routes.default, 'routes: there is no route "default"'],
    ['a candidate that is no target', (table) => route(table).candidates.push({ target: 'x', weight: 1 }), 'names the target "x", which'],
    ['a candidate named like a method', (table) => (route(table).fallbacks = ['constructor']), 'names the target "constructor", which'],
    ['a fallback that is no target', (table) => (route(table).fallbacks = ['x']), 'routes.default: names the target "x", which'],
    ['a target twice', (table) => route(table).fallbacks.push('nova-lite'), 'routes.default: names the target "nova-lite" twice'],
    [
      'a gap in the tiers',
      (table) => (route(table).candidates = [{ target: 'nova-lite', weight: 1, tier: 1 }]),
      'no candidate is of tier 0',
    ],
    ['a default above the cap', (table) => (route(table).maxTokens.default = 5000), 'maxTokens.default: is 5000, more than the cap (4096)'],
    ['a cap above a candidate', (table) => (lite(table).maxOutputTokens = 2000), 'cap: is 4096, more than "nova-lite" can give (2000)'],
    [
      'answers given away before their guardrail',
      (table) =>
        Object.assign(route(table), { rescue: 'restart', guardrail: { id: 'g', version: '1', region: 'us-east-1', applies: 'both' } }),
      'routes.default.rescue: is restart, and its guardrail looks at answers',
    ],
    ['stickiness by nothing known', (table) => (route(table).stickyBy = 'colour'), 'stickyBy: "colour" is not sessionId'],
    [
      'a rule twice',
      (table) => (route(table).rules = [rule('a', { tenant: ['x'] }, 'default'), rule('a', { tenant: ['y'] }, 'default')]),
      'routes.default.rules: "a" stands there twice',
    ],
    [
      'a rule to nowhere',
      (table) => (route(table).rules = [rule('a', { tenant: ['x'] }, 'away')]),
      'rules.0.route: there is no route "away"',
    ],
    ['a pattern that is none', (table) => (route(table).rules = [rule('a', { tenant: 'x' }, 'default')]), 'rules.0.when: '],
    [
      'a rule to a route of another operation',
      (table) => {
        table.routes.embed = { ...structuredClone(route(table)), name: 'embed', operation: 'embed' };
        route(table).rules = [rule('a', { tenant: ['x'] }, 'embed')];
      },
      'rules.0.route: "embed" is for embed, and requests of this route are for chat',
    ],
  ])('finds %s', (_, change, problem) => {
    expect(check(change)).toEqual([expect.stringContaining(problem)]);
  });

  it.each<[string, Change, Partial<Allowed>, string | undefined]>([
    ['a model outside', (table) => (lite(table).model = 'a.b'), {}, 'targets.nova-lite.model: "a.b" is not allowed here'],
    ['a region outside', (table) => (lite(table).region = 'eu-west-1'), {}, 'may run in eu-west-1, which is not allowed'],
    ['a profile that leaves', (table) => (lite(table).processingRegions = ['us-east-1', 'us-west-2']), {}, 'may run in us-west-2'],
    [
      'a profile that stays',
      (table) => (lite(table).processingRegions = ['us-east-1', 'us-west-2']),
      { regions: ['us-east-1', 'us-west-2'] },
      undefined,
    ],
    [
      'a profile of which nobody says where it runs',
      (table) => (lite(table).processingRegions = null),
      {},
      'nobody states where it may run',
    ],
    ['a global profile', (table) => (lite(table).modelId = 'global.amazon.nova-lite-v1:0'), {}, 'is a global profile'],
    [
      'a global profile by its ARN',
      (table) => (lite(table).modelId = 'arn:aws:bedrock:us-east-1:1:inference-profile/global.a.b'),
      {},
      'is a global profile',
    ],
    [
      'a global profile that is allowed',
      (table) => Object.assign(lite(table), { modelId: 'global.amazon.nova-lite-v1:0', processingRegions: null }),
      { globalProfiles: true },
      undefined,
    ],
    ['an endpoint like a pattern', (table) => endpoint(table), {}, undefined],
    ['an endpoint like none', (table) => endpoint(table, { modelId: 'llama' }), {}, 'the endpoint "llama" is not allowed here'],
    ['an endpoint in a region outside', (table) => endpoint(table, { region: 'eu-west-1' }), {}, 'region: eu-west-1 is not allowed here'],
    ['a server, whatever it has and wherever it is', (table) => server(table), {}, undefined],
    ['a guardrail', (table) => guard(table), {}, undefined],
    ['a guardrail in a region outside', (table) => guard(table, 'eu-west-1'), {}, 'guardrail.region: eu-west-1 is not allowed here'],
    [
      'a global profile called from a region outside',
      (table) => Object.assign(lite(table), { modelId: 'global.amazon.nova-lite-v1:0', region: 'eu-west-1' }),
      { globalProfiles: true },
      'may run in eu-west-1',
    ],
  ])('keeps to what is allowed: %s', (_, change, allowed, problem) => {
    expect(check(change, allowed)).toEqual(problem === undefined ? [] : [expect.stringContaining(problem)]);
  });

  it.each<[string, string[] | null | undefined, string[]]>([
    ['its own region', undefined, []],
    [
      'any region',
      null,
      [
        'targets.nova-lite.processingRegions: nobody states where it may run',
        'routes.eu.residency: "nova-lite" may be processed in any region',
      ],
    ],
    ['a region outside', ['us-east-1', 'us-west-2'], ['routes.eu.residency: "nova-lite" may be processed in us-west-2']],
  ])('holds residency against a target that may run in %s', (_, processingRegions, problems) => {
    const change: Change = (table) => {
      table.routes.eu = { ...structuredClone(route(table)), name: 'eu', residency: ['us-east-1'] };
      if (processingRegions !== undefined) lite(table).processingRegions = processingRegions;
    };
    expect(check(change, { regions: ['us-east-1', 'us-west-2'] })).toEqual(problems);
  });

  it('says everything at once', () => {
    const problems = check((table) => {
      lite(table).class = 'best';
      route(table).fallbacks = ['x', 'y'];
    });
    expect(problems).toHaveLength(3);
  });
});
