import type { JsonObject, Route, RouteRule, RoutingTable } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RequestFeatures } from '../features/request-features.ts';
import { compileEventPattern, EventPatternError } from '../pattern/index.ts';
import { makeTable, makeTarget } from '../testing/make-table.ts';
import { FEATURE_NAMES, toDocument } from './feature-fields.ts';
import { prepareRules, selectRoute } from './select-route.ts';

const FEATURES: RequestFeatures = {
  operation: 'chat',
  tenant: 'acme-eu',
  priority: 'standard',
  sessionId: undefined,
  labels: { campaign: 'Spring', 'team.name': 'search', address: '10.0.1.17' },
  requirements: undefined,
  maxTokens: undefined,
  inputModalities: ['text', 'image'],
  hasTools: true,
  tools: ['get_weather', 'get_time'],
  inputCharacters: 4_800,
  estimatedInputTokens: 1_200,
  language: 'vi',
  text: 'Translate: xin chào',
};

describe('selectRoute', () => {
  it.each<[string, JsonObject, boolean]>([
    ['an exact text', { tenant: ['acme-eu'] }, true],
    ['another text', { tenant: ['acme'] }, false],
    ['one of several texts', { priority: ['bulk', 'standard'] }, true],
    ['an exact number', { estimatedInputTokens: [1_200] }, true],
    ['a number as a text', { estimatedInputTokens: ['1200'] }, false],
    ['a boolean', { hasTools: [true] }, true],
    ['the other boolean', { hasTools: [false] }, false],
    ['a label', { labels: { campaign: ['Spring'] } }, true],
    ['a label with a dot in its name', { labels: { 'team.name': ['search'] } }, true],
    ['a label of that path in two steps', { labels: { team: { name: ['search'] } } }, false],
    ['a label that is not there', { labels: { region: ['eu'] } }, false],
    ['an inherited name as a label', { labels: { constructor: [{ exists: true }] } }, false],
    ['labels as a value', { labels: [{ exists: true }] }, false],
    ['an element of a list', { inputModalities: ['image'] }, true],
    ['no element of a list', { inputModalities: ['video'] }, false],
    ['a name that no feature has', { colour: ['red'] }, false],
    ['the absence of such a name', { colour: [{ exists: false }] }, true],
    ['a step into a feature that has none', { tenant: { name: ['acme-eu'] } }, false],
    ['prefix', { tenant: [{ prefix: 'acme-' }] }, true],
    ['prefix that is longer than the text', { tenant: [{ prefix: 'acme-eu-west' }] }, false],
    ['prefix ignoring case', { tenant: [{ prefix: { 'equals-ignore-case': 'ACME' } }] }, true],
    ['suffix', { tenant: [{ suffix: '-eu' }] }, true],
    ['suffix ignoring case', { tenant: [{ suffix: { 'equals-ignore-case': '-US' } }] }, false],
    ['prefix of nothing', { tenant: [{ prefix: '' }] }, true],
    ['prefix of a number', { estimatedInputTokens: [{ prefix: '1' }] }, false],
    ['equals-ignore-case', { labels: { campaign: [{ 'equals-ignore-case': 'SPRING' }] } }, true],
    ['equals-ignore-case of another text', { labels: { campaign: [{ 'equals-ignore-case': 'summer' }] } }, false],
    ['equals-ignore-case beyond ASCII', { text: [{ 'equals-ignore-case': 'TRANSLATE: XIN CHÀO' }] }, true],
    ['wildcard', { text: [{ wildcard: 'Translate:*chào' }] }, true],
    ['wildcard with another beginning', { text: [{ wildcard: 'Explain*chào' }] }, false],
    ['wildcard with another end', { text: [{ wildcard: 'Translate:*hello' }] }, false],
    ['wildcard that is a prefix', { text: [{ wildcard: 'Trans*' }] }, true],
    ['wildcard that begins with a star', { text: [{ wildcard: '*xin*' }] }, true],
    ['anything-but', { tenant: [{ 'anything-but': ['globex', 'initech'] }] }, true],
    ['anything-but the value', { tenant: [{ 'anything-but': ['globex', 'acme-eu'] }] }, false],
    ['anything-but twice, which is anything', { tenant: [{ 'anything-but': 'acme-eu' }, { 'anything-but': 'globex' }] }, true],
    ['anything-but twice, the other way round', { tenant: [{ 'anything-but': 'globex' }, { 'anything-but': 'acme-eu' }] }, true],
    ['anything-but twice the value', { tenant: [{ 'anything-but': 'acme-eu' }, { 'anything-but': ['x', 'acme-eu'] }] }, false],
    ['anything-but of what is not there', { labels: { region: [{ 'anything-but': 'eu' }] } }, false],
    ['anything-but one element of a list', { inputModalities: [{ 'anything-but': 'text' }] }, true],
    ['anything-but all elements of a list', { inputModalities: [{ 'anything-but': ['text', 'image'] }] }, false],
    ['anything-but prefix', { tenant: [{ 'anything-but': { prefix: 'acme' } }] }, false],
    ['anything-but wildcard', { tenant: [{ 'anything-but': { wildcard: '*-us' } }] }, true],
    ['exists', { language: [{ exists: true }] }, true],
    ['absence of what is there', { language: [{ exists: false }] }, false],
    ['numeric above', { estimatedInputTokens: [{ numeric: ['>', 1_200] }] }, false],
    ['numeric from', { estimatedInputTokens: [{ numeric: ['>=', 1_200] }] }, true],
    ['numeric below', { estimatedInputTokens: [{ numeric: ['<', 1_200] }] }, false],
    ['numeric to', { estimatedInputTokens: [{ numeric: ['<=', 1_200] }] }, true],
    ['numeric equal', { estimatedInputTokens: [{ numeric: ['=', 1_200] }] }, true],
    ['numeric between', { estimatedInputTokens: [{ numeric: ['>', 1_000, '<', 2_000] }] }, true],
    ['numeric of a text', { tenant: [{ numeric: ['>', 0] }] }, false],
    ['cidr', { labels: { address: [{ cidr: '10.0.1.0/24' }] } }, true],
    ['cidr of another network', { labels: { address: [{ cidr: '10.0.2.0/24' }] } }, false],
    ['several fields, all right', { tenant: ['acme-eu'], language: ['vi', 'th'], hasTools: [true] }, true],
    ['several fields, one wrong', { tenant: ['acme-eu'], language: ['en'], hasTools: [true] }, false],
    ['$or by its second alternative', { tenant: ['acme-eu'], $or: [{ language: ['en'] }, { inputModalities: ['image'] }] }, true],
    ['$or by none', { $or: [{ language: ['en'] }, { inputModalities: ['video'] }] }, false],
    ['$or with a condition to verify', { $or: [{ text: [{ wildcard: '*hello' }] }, { text: [{ wildcard: '*chào' }] }] }, true],
  ])('matches %s', (_, when, expected) => {
    const { table, route } = tableWith([{ name: 'asked', when, route: 'other' }]);
    const selected = selectRoute({ table, route, features: FEATURES });
    expect(selected).toEqual(expected ? { route: table.routes.other, rule: 'asked' } : { route });
  });

  it.each<[string, Partial<RequestFeatures>, JsonObject]>([
    ['a language that is not clear', { language: undefined }, { language: [{ exists: false }] }],
    ['a request without text', { text: '' }, { text: [{ exists: false }] }],
    ['a request without tools', { tools: [] }, { tools: [{ exists: false }] }],
    ['a request without priority', { priority: undefined }, { priority: [{ exists: false }] }],
  ])('finds nothing in %s', (_, stated, when) => {
    const { table, route } = tableWith([{ name: 'asked', when, route: 'other' }]);
    expect(selectRoute({ table, route, features: { ...FEATURES, ...stated } }).rule).toBe('asked');
  });

  it('takes the first rule that matches, wherever it stands among many', () => {
    const rules = Array.from({ length: 100 }, (_, index) => ({
      name: `rule-${index}`,
      when: { tenant: [index < 70 ? `tenant-${index}` : 'acme-eu'] },
      route: 'other',
    }));
    const { table, route } = tableWith(rules);
    expect(selectRoute({ table, route, features: FEATURES }).rule).toBe('rule-70');
    expect(selectRoute({ table, route, features: { ...FEATURES, tenant: 'tenant-33' } }).rule).toBe('rule-33');
    expect(selectRoute({ table, route, features: { ...FEATURES, tenant: 'nobody' } })).toEqual({ route });
  });

  it('goes on to later rules when one that had to be verified does not match', () => {
    const { table, route } = tableWith([
      { name: 'first', when: { text: [{ wildcard: 'Translate*hello' }] }, route: 'other' },
      { name: 'second', when: { text: [{ wildcard: 'Translate*chào' }] }, route: 'other' },
    ]);
    expect(selectRoute({ table, route, features: FEATURES }).rule).toBe('second');
  });

  it('does not ask the rules of the route that it found', () => {
    const { table, route } = tableWith([{ name: 'there', when: { tenant: ['acme-eu'] }, route: 'other' }]);
    const other = { ...(table.routes.other as Route), rules: [{ name: 'back', when: { tenant: ['acme-eu'] }, route: 'default' }] };
    const selected = selectRoute({ table: { ...table, routes: { ...table.routes, other } }, route, features: FEATURES });
    expect(selected).toEqual({ route: other, rule: 'there' });
  });

  it('reads only features that rules name', () => {
    const { table, route } = tableWith([
      { name: 'one', when: { tenant: ['nobody'] }, route: 'other' },
      { name: 'two', when: { labels: { campaign: ['Autumn'] }, $or: [{ hasTools: [false] }, { tenant: ['somebody'] }] }, route: 'other' },
      { name: 'three', when: { tenant: [{ wildcard: '*-eu' }] }, route: 'other' },
    ]);
    expect(selectRoute({ table, route, features: onlyReadable('tenant', 'labels', 'hasTools') }).rule).toBe('three');
    expect(selectRoute({ table, route: { ...route, rules: [] }, features: onlyReadable() })).toEqual({ route: { ...route, rules: [] } });
  });

  it('does not work out a costly feature for rules that have failed by a cheap one', () => {
    const { table, route } = tableWith([
      { name: 'long', when: { estimatedInputTokens: [{ numeric: ['>', 5] }], tenant: ['globex'] }, route: 'other' },
      { name: 'vietnamese', when: { language: ['vi'], labels: { campaign: ['Autumn'] } }, route: 'other' },
    ]);
    expect(selectRoute({ table, route, features: onlyReadable('tenant', 'labels') })).toEqual({ route });
  });

  it('reads nothing for rules that come after the one that matched', () => {
    const { table, route } = tableWith([
      { name: 'known', when: { tenant: ['acme-eu'] }, route: 'other' },
      { name: 'vietnamese', when: { language: ['vi'] }, route: 'other' },
    ]);
    expect(selectRoute({ table, route, features: onlyReadable('tenant') }).rule).toBe('known');
  });

  it('says which rule names a route that is not there, when it is chosen', () => {
    const { table, route } = tableWith([{ name: 'lost', when: { tenant: ['acme-eu'] }, route: 'nowhere' }]);
    expect(() => selectRoute({ table, route, features: FEATURES })).toThrow(
      'rule "lost" of route "default" names route "nowhere", which the table does not have',
    );
    expect(selectRoute({ table, route, features: { ...FEATURES, tenant: 'globex' } })).toEqual({ route });
  });

  it('says which route has a rule that is no pattern', () => {
    const { table, route } = tableWith([{ name: 'broken', when: { tenant: [{ sufix: 'x' }] }, route: 'other' }]);
    expect(() => selectRoute({ table, route, features: FEATURES })).toThrow(/route "default".*tenant\[0\]: sufix is not an operator/);
  });

  it('can be prepared before the first request, which tells of a rule that is no pattern', () => {
    const { table } = tableWith([{ name: 'broken', when: { tenant: [{ sufix: 'x' }] }, route: 'other' }]);
    expect(() => prepareRules(table)).toThrow(/route "default".*sufix is not an operator/);
    expect(() => prepareRules(tableWith([{ name: 'fine', when: { tenant: ['x'] }, route: 'other' }]).table)).not.toThrow();
  });

  it('asks each table for its own route, also when two tables share one', () => {
    const { table, route } = tableWith([{ name: 'asked', when: { tenant: ['acme-eu'] }, route: 'other' }]);
    const changed = { ...table, routes: { ...table.routes, other: { ...(table.routes.other as Route), strategy: 'weighted' as const } } };
    for (const each of [table, changed, table])
      expect(selectRoute({ table: each, route, features: FEATURES }).route).toBe(each.routes.other);
  });
});

describe('for any rules and requests', () => {
  const word = fc.constantFrom('a', 'b', 'ab', 'ba', 'A', 'aB', 'é', 'É', 'k', 'K', '\u212a', '10.0.1.17');
  const number = fc.constantFrom(0, 1, 2, 3, 4.5, 7, 100);
  const scalar = fc.oneof(word, number, fc.boolean());
  const limits = fc.uniqueArray(number, { minLength: 2, maxLength: 2 }).map((pair) => pair.toSorted((a, b) => a - b));
  const condition = fc.oneof(
    { weight: 4, arbitrary: scalar },
    fc.record({ prefix: fc.oneof(word, fc.record({ 'equals-ignore-case': word })) }),
    fc.record({ suffix: fc.oneof(word, fc.record({ 'equals-ignore-case': word })) }),
    fc.record({ 'equals-ignore-case': word }),
    fc.record({ wildcard: fc.constantFrom('a*', '*b', 'a*b', '*', 'b', 'a', '\\*a') }),
    fc.record({ 'anything-but': fc.oneof(word, number, fc.array(word, { minLength: 1, maxLength: 3 })) }),
    fc.record({ 'anything-but': fc.record({ prefix: word }) }),
    fc.record({ exists: fc.boolean() }),
    fc.record({ cidr: fc.constant('10.0.1.0/24') }),
    fc.record({ numeric: fc.tuple(fc.constantFrom('=', '<', '<=', '>', '>='), number) }),
    fc.record({
      numeric: fc
        .tuple(fc.constantFrom('>', '>='), limits, fc.constantFrom('<', '<='))
        .map(([from, [low, high], to]) => [from, low, to, high]),
    }),
  );
  const conditions = fc.array(condition, { minLength: 1, maxLength: 3 });
  const fields = fc.dictionary(
    fc.constantFrom('tenant', 'language', 'text', 'estimatedInputTokens', 'inputModalities', 'hasTools', 'unknown'),
    conditions,
    {
      minKeys: 1,
      maxKeys: 3,
    },
  );
  const labels = fc.record({ labels: fc.dictionary(fc.constantFrom('x', 'y'), conditions, { minKeys: 1 }) });
  const or = fc.record({ $or: fc.array(fc.oneof(fields.map(onlyFirst), labels), { minLength: 2, maxLength: 3 }) });
  const pattern = fc
    .oneof(
      { weight: 3, arbitrary: fields },
      labels,
      or,
      fc.tuple(fields, or).map(([left, right]) => ({ ...left, ...right })),
    )
    .filter((when) => isPattern(when)) as fc.Arbitrary<JsonObject>;
  const features = fc
    .record({
      tenant: word,
      language: fc.option(word, { nil: undefined }),
      text: fc.oneof(word, fc.constant('')),
      estimatedInputTokens: number,
      inputModalities: fc.array(word, { maxLength: 3 }),
      hasTools: fc.boolean(),
      labels: fc.dictionary(fc.constantFrom('x', 'y'), word),
    })
    .map((stated): RequestFeatures => ({ ...FEATURES, ...stated }));

  it('finds what trying one rule after the other finds', () => {
    let found = 0;
    fc.assert(
      fc.property(
        fc.array(pattern, { minLength: 1, maxLength: 80 }),
        fc.array(features, { minLength: 1, maxLength: 8 }),
        (patterns, requests) => {
          const rules = patterns.map((when, index) => ({ name: `rule-${index}`, when, route: 'other' }));
          const { table, route } = tableWith(rules);
          for (const request of requests) {
            const document = toDocument(request, new Set(FEATURE_NAMES));
            const expected = rules.find(({ when }) => compileEventPattern(when)(document))?.name;
            expect(selectRoute({ table, route, features: request }).rule).toBe(expected);
            if (expected !== undefined && expected !== 'rule-0') found++;
          }
        },
      ),
      { numRuns: 300 },
    );
    // Else the generators have drifted apart and this proves little.
    expect(found).toBeGreaterThan(300);
  });
});

function tableWith(rules: RouteRule[]): { table: RoutingTable; route: Route } {
  const { table, route } = makeTable({ targets: [makeTarget('nova')], route: { rules } });
  return {
    table: { ...table, routes: { ...table.routes, other: { ...makeTable({ targets: [makeTarget('nova')] }).route, name: 'other' } } },
    route,
  };
}

function onlyReadable(...names: (keyof RequestFeatures)[]): RequestFeatures {
  return new Proxy(FEATURES, {
    get(features, name: keyof RequestFeatures) {
      if (!names.includes(name)) throw new Error(`${name} was read, and no rule can be decided by it`);
      return features[name];
    },
  });
}

function isPattern(when: Record<string, unknown>): boolean {
  try {
    compileEventPattern(when);
    return true;
  } catch (error) {
    if (error instanceof EventPatternError) return false;
    throw error;
  }
}

function onlyFirst(pattern: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(pattern).slice(0, 1));
}
