import { readFileSync } from 'node:fs';
import { RoutingTable } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plan } from '../plan/plan.ts';
import { type CompiledPolicy, compilePolicy, formatPolicyProblem } from './compile-policy.ts';

const file = 'policy/routing.yaml';
const shipped = readFileSync(new URL('../../../../policy/routing.yaml', import.meta.url), 'utf8');
const small = `version: 1
classes: [standard, simple]
targets:
  lite:
    model: maker.lite
    region: us-east-1
    class: standard
    maxOutputTokens: 5000
  micro:
    model: maker.micro
    region: us-east-1
    class: simple
    price: { inputPerMTokens: 0.1, outputPerMTokens: 0.2 }
routes:
  default:
    strategy: static
    candidates: [lite]
    fallbacks: [micro]
    maxTokens: { default: 1024, cap: 4096 }
    limits: { attempt: 60s, firstToken: 10s, maxTargets: 2 }
`;

function compile(text: string) {
  return compilePolicy({ file, text });
}

function tableOf(compiled: CompiledPolicy): RoutingTable {
  if (compiled.kind === 'invalid') throw new Error(compiled.problems.map(formatPolicyProblem).join('\n'));
  return compiled.table;
}

function problemsOf(text: string): string[] {
  const compiled = compile(text);
  return compiled.kind === 'invalid' ? compiled.problems.map(formatPolicyProblem) : [];
}

describe('the policy that is shipped', () => {
  const compiled = compile(shipped);

  it('compiles without a warning to a table that its readers accept', () => {
    const table = tableOf(compiled);
    expect(compiled).toMatchObject({ warnings: [] });
    expect(RoutingTable.parse(table)).toEqual(table);
  });

  it('sends the prefix of an inference profile, and keeps the model in its own words', () => {
    expect(tableOf(compiled).targets.haiku).toMatchObject({
      model: 'anthropic.claude-haiku-4-5-20251001-v1:0',
      modelId: 'us.anthropic.claude-haiku-4-5-20251001-v1:0',
      price: { cacheWritePerMTokens: 1.375 },
    });
  });

  it.each([
    ['default', ['nova-lite', 'haiku', 'nova-micro'], ['nova-micro']],
    ['quality', ['haiku', 'nova-pro', 'nova-lite'], ['nova-lite']],
    ['batch', ['nova-micro', 'nova-lite'], []],
  ])('tries %s in order and marks what is degraded', (name, order, degraded) => {
    const table = tableOf(compiled);
    const route = table.routes[name];
    if (!route) throw new Error(`no route ${name}`);
    const { targets } = plan({ request: { inputModalities: ['text'] }, table, route, random: () => 0 });
    expect(targets.map(({ target }) => target.id)).toEqual(order);
    expect(targets.filter((planned) => planned.degraded).map(({ target }) => target.id)).toEqual(degraded);
  });

  it('streams on the default route, and on batch sets no limit between tokens', () => {
    const { routes } = tableOf(compiled);
    expect(routes.default?.limits).toEqual({ attemptMs: 60_000, firstTokenMs: 10_000, idleMs: 10_000, slowMs: 6_000, maxTargets: 3 });
    expect(routes.batch?.limits).toEqual({ attemptMs: 300_000, maxTargets: 3 });
    expect(routes.quality?.limits).toMatchObject({ slowMs: 15_000, firstTokenMs: 10_000 });
  });
});

describe('compilePolicy', () => {
  it.each<[string, [from: string, to: string], string]>([
    [
      'an unknown target',
      ['[lite]', '[lit]'],
      '17:18 routes.default.candidates[0]: names the target "lit", which targets does not have; did you mean "lite"?',
    ],
    [
      'an unknown fallback',
      ['[micro]', '[other]'],
      '18:17 routes.default.fallbacks[0]: names the target "other", which targets does not have; write one of: lite, micro',
    ],
    [
      'a target twice',
      ['[lite]', '[lite, { target: lite }]'],
      '17:34 routes.default.candidates[1].target: names "lite" a second time; remove one',
    ],
    ['a fallback twice', ['[micro]', '[micro, micro]'], '18:24 routes.default.fallbacks[1]: names "micro" a second time; remove one'],
    [
      'a fallback that is a candidate',
      ['[micro]', '[lite]'],
      '18:17 routes.default.fallbacks[0]: names "lite", which is a candidate already: a fallback is tried after every candidate has failed; remove one',
    ],
    ['a weight of nothing', ['[lite]', '[{ target: lite, weight: 0 }]'], '17:42 routes.default.candidates[0].weight: must be more than 0'],
    [
      'an endless weight',
      ['[lite]', '[{ target: lite, weight: .inf }]'],
      '17:42 routes.default.candidates[0].weight: must be a number, not Infinity',
    ],
    ['no candidate', ['[lite]', '[]'], '17:17 routes.default.candidates: must have at least 1 item'],
    [
      'an unknown class',
      ['class: simple', 'class: simpler'],
      '12:12 targets.micro.class: names the class "simpler", which classes does not list; did you mean "simple"?',
    ],
    [
      'a class twice',
      ['[standard, simple]', '[standard, simple, standard]'],
      '2:29 classes[2]: names "standard" a second time; remove one',
    ],
    [
      'no default route',
      ['  default:\n    strategy', '  other:\n    strategy'],
      '14:1 routes: needs a route named "default", for the requests that name no route; add one, or rename one of: other',
    ],
    [
      'a default above the cap',
      ['default: 1024', 'default: 5000'],
      '19:27 routes.default.maxTokens.default: is 5000, more than the cap (4096); write at most 4096, or raise the cap',
    ],
    [
      'a cap above the candidate',
      ['cap: 4096', 'cap: 6000'],
      '19:38 routes.default.maxTokens.cap: is 6000, more than the candidate "lite" can give (5000); write at most 5000, or leave the candidate out',
    ],
    [
      'a first token after the end',
      ['firstToken: 10s', 'firstToken: 2m'],
      '20:41 routes.default.limits.firstToken: is 120s, longer than the attempt (60s): no attempt could ever wait that long for its first token; write at most 60s, or none',
    ],
    [
      'a time without unit',
      ['attempt: 60s', 'attempt: 60'],
      '20:24 routes.default.limits.attempt: must be a time with its unit, like 500ms, 10s or 2m',
    ],
    [
      'no attempt limit',
      ['attempt: 60s, ', ''],
      '20:5 routes.default.limits.attempt: is stated neither here nor in defaults; write it in one of the two, like attempt: 60s',
    ],
    [
      'no tokens',
      ['    maxTokens: { default: 1024, cap: 4096 }\n', ''],
      '15:3 routes.default.maxTokens: is stated neither here nor in defaults; write it in one of the two, like maxTokens: { default: 1024, cap: 4096 }',
    ],
    ['too many targets', ['maxTargets: 2', 'maxTargets: 11'], '20:58 routes.default.limits.maxTargets: must be at most 10'],
    [
      'an unknown field',
      ['strategy: static', 'stategy: static'],
      '16:5 routes.default.stategy: is not a known field; did you mean "strategy"?',
    ],
    ['an unknown top field', ['version: 1', 'version: 1\nfoo: 1'], '2:1 foo: is not a known field; remove it'],
    [
      'an unknown strategy',
      ['strategy: static', 'strategy: statc'],
      '16:15 routes.default.strategy: must be one of: static, weighted; did you mean "static"?',
    ],
    ['a missing model', ['    model: maker.lite\n', ''], '4:3 targets.lite.model: is required and must be a text'],
    [
      'a profile written into the model',
      ['model: maker.lite', 'model: us.maker.lite'],
      "5:12 targets.lite.model: must be the model's own id; write the prefix of an inference profile as profile: us",
    ],
    [
      'a profile beside a model id',
      ['model: maker.lite', 'model: maker.lite\n    profile: us\n    modelId: x'],
      '7:5 targets.lite.modelId: stands beside profile, and both say what is sent; remove one',
    ],
    ['a bad region', ['region: us-east-1', 'region: virginia'], '6:13 targets.lite.region: must be an AWS region, like us-east-1'],
    [
      'a negative price',
      ['inputPerMTokens: 0.1', 'inputPerMTokens: -0.1'],
      '13:31 targets.micro.price.inputPerMTokens: must be at least 0',
    ],
    [
      'a price in quotes',
      ['inputPerMTokens: 0.1', 'inputPerMTokens: "0.1"'],
      '13:31 targets.micro.price.inputPerMTokens: must be a number, not "0.1"',
    ],
    [
      'a reply queue of another name',
      ['routes:\n', 'replyQueues: { reports: reports }\nroutes:\n'],
      '14:25 replyQueues.reports: must be a queue name that begins with signalbox-reply-, the only names that may be written to, like signalbox-reply-reports',
    ],
    [
      'a name that is none',
      ['  micro:\n', '  Micro:\n'],
      '9:3 targets.Micro: "Micro" must be a name of lower-case letters, digits and hyphens, at most 63 characters long, like nova-lite',
    ],
    ['another version of the language', ['version: 1', 'version: 2'], '1:10 version: must be 1'],
    ['a key twice', ['    class: standard\n', '    class: standard\n    class: standard\n'], '8:5 Map keys must be unique'],
    [
      'no targets',
      [small.slice(small.indexOf('targets:'), small.indexOf('routes:')), 'targets: {}\n'],
      '3:10 targets: is empty; write at least one',
    ],
    ['no routes', [small.slice(small.indexOf('routes:')), 'routes: {}\n'], '14:9 routes: is empty; write at least one'],
    ['an alias without an anchor', ['[lite]', '[*lite]'], '17:18 Unresolved alias (the anchor must be set before the alias): lite'],
    ['broken YAML', ['[lite]', '[lite'], '18:5 Flow sequence in block collection must be sufficiently indented and end with a ]'],
  ])('refuses %s', (_, [from, to], expected) => {
    expect(small).toContain(from);
    expect(problemsOf(small.replace(from, to))).toContain(`${file}:${expected}`);
  });

  it('refuses what is no policy at all with one sentence', () => {
    expect(problemsOf('')).toEqual([`${file}:1:1 must be a map of fields, not empty`]);
    expect(problemsOf('[]')).toEqual([`${file}:1:1 must be a map of fields, not a list`]);
  });

  it('reports all mistakes at once, in the order of the file, those of shape beside those of sense', () => {
    const text = small
      .replace('class: simple', 'class: simpel')
      .replace('[lite]', '[lit]')
      .replace('attempt: 60s', 'attempt: soon')
      .replace('[micro]', '[micro, micor]')
      .concat('  broken:\n    strategy: none\n    candidates: [mikro]\n');
    expect(problemsOf(text).map((line) => line.split(' ')[1])).toEqual([
      'targets.micro.class:',
      'routes.default.candidates[0]:',
      'routes.default.fallbacks[1]:',
      'routes.default.limits.attempt:',
      'routes.broken.maxTokens:',
      'routes.broken.limits.attempt:',
      'routes.broken.limits.maxTargets:',
      'routes.broken.strategy:',
      'routes.broken.candidates[0]:',
    ]);
  });

  it('warns about a target that no route uses, and about weights that do nothing', () => {
    const compiled = compile(small.replace('    fallbacks: [micro]\n', '').replace('[lite]', '[{ target: lite, weight: 3 }]'));
    if (compiled.kind === 'invalid') throw new Error('it has only warnings');
    expect(compiled.warnings.map(formatPolicyProblem)).toEqual([
      `${file}:9:3 targets.micro: is used by no route; use it or remove it`,
      `${file}:17:42 routes.default.candidates[0].weight: has no effect, because the strategy is static; remove it, or write strategy: weighted`,
    ]);
  });

  it('takes limits from the defaults one by one, and none as their end', () => {
    const defaults = 'defaults: { maxTokens: { default: 10, cap: 20 }, limits: { attempt: 30s, idle: 5s, slow: 4s, maxTargets: 2 } }\n';
    const text = small.replace(/ {4}maxTokens.*\n {4}limits.*\n/, '    limits: { idle: none, slow: 3s }\n') + defaults;
    const route = tableOf(compile(text)).routes.default;
    expect(route?.limits).toEqual({ attemptMs: 30_000, slowMs: 3_000, maxTargets: 2 });
    expect(route?.maxTokens).toEqual({ default: 10, cap: 20 });
  });

  it('reports a limit of the defaults where it stands, not in each route', () => {
    const defaults = 'defaults: { limits: { attempt: 3s, slow: 4s } }\n';
    expect(problemsOf(small + defaults)).toEqual([
      `${file}:21:42 defaults.limits.slow: is 4s, longer than the attempt (3s): no attempt could ever be flagged slow; write at most 3s, or none`,
    ]);
  });

  it('reads aliases, and finds the place of what is wrong behind one', () => {
    const text = small
      .replace('limits: {', 'limits: &usual {')
      .concat('  other: { strategy: static, candidates: [lite], maxTokens: { default: 1, cap: 2 }, limits: *usual }\n');
    expect(tableOf(compile(text)).routes.other?.limits).toEqual({ attemptMs: 60_000, firstTokenMs: 10_000, maxTargets: 2 });
    expect(problemsOf(text.replace('firstToken: 10s', 'firstToken: 2m')).map((line) => line.slice(0, line.indexOf(' ')))).toEqual([
      `${file}:20:48`,
      `${file}:20:48`,
    ]);
  });
});

describe('versions', () => {
  const { version, targets } = tableOf(compile(small));

  it('are the same for the same content in another order and with comments', () => {
    const reordered = small.replace(
      '    model: maker.lite\n    region: us-east-1\n',
      '    region: us-east-1 # Virginia\n    model: maker.lite\n',
    );
    expect(reordered).not.toBe(small);
    expect(tableOf(compile(reordered)).version).toBe(version);
    expect(version).toMatch(/^[0-9a-f]{12}$/);
  });

  it.each([
    ['cap: 4096', 'cap: 4095'],
    ['[standard, simple]', '[simple, standard]'],
    ['outputPerMTokens: 0.2', 'outputPerMTokens: 0.3'],
    ['strategy: static', 'strategy: weighted'],
  ])('change with the content: %s', (from, to) => {
    expect(tableOf(compile(small.replace(from, to))).version).not.toBe(version);
  });

  it('of a definition change with what is called and where, not with its price or class', () => {
    const definitionAfter = (from: string, to: string) => tableOf(compile(small.replace(from, to))).targets.lite?.definition;
    expect(definitionAfter('model: maker.lite', 'model: maker.lite\n    profile: us')).not.toBe(targets.lite?.definition);
    expect(definitionAfter('region: us-east-1', 'region: us-west-2')).not.toBe(targets.lite?.definition);
    expect(definitionAfter('maxOutputTokens: 5000', 'maxOutputTokens: 4999')).toBe(targets.lite?.definition);
    expect(targets.lite?.definition).not.toBe(targets.micro?.definition);
  });
});

describe('any text', () => {
  const lines = shipped.split('\n');
  const damage = fc.array(
    fc.tuple(fc.nat(lines.length - 1), fc.constantFrom('', '  x: y', '- [', 'limits: 3', '  __proto__: { a: 1 }', 'null')),
    { minLength: 1, maxLength: 3 },
  );

  it('compiles to a table that its readers accept, or has problems on lines that exist', () => {
    fc.assert(
      fc.property(damage, (changes) => {
        const damaged = [...lines];
        for (const [line, text] of changes) damaged[line] = text;
        const compiled = compile(damaged.join('\n'));
        if (compiled.kind === 'compiled') {
          expect(RoutingTable.safeParse(compiled.table).success).toBe(true);
          return;
        }
        expect(compiled.problems.length).toBeGreaterThan(0);
        for (const { line, column, message } of compiled.problems) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(damaged.length);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(message).not.toMatch(/undefined|\[object|Invalid input|^$/);
        }
      }),
      { numRuns: 200 },
    );
  });
});
