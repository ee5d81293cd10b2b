import { readFileSync } from 'node:fs';
import { loadCatalogue } from '@signalbox/catalogue';
import { RoutingTable } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readFeatures } from '../features/read-features.ts';
import { plan } from '../plan/plan.ts';
import type { CompileInput } from './compile-options.ts';
import { type CompiledPolicy, compilePolicy, formatPolicyProblem } from './compile-policy.ts';

const file = 'policy/routing.yaml';
const shipped = readFileSync(new URL('../../../../policy/routing.yaml', import.meta.url), 'utf8');
const small = `version: 1
classes: [standard, simple]
targets:
  lite:
    model: amazon.nova-lite-v1:0
    region: us-east-1
    class: standard
  micro:
    model: amazon.nova-micro-v1:0
    region: us-east-1
    class: simple
routes:
  default:
    strategy: static
    candidates: [lite]
    fallbacks: [micro]
    maxTokens: { default: 1024, cap: 4096 }
    limits: { attempt: 60s, firstToken: 10s, maxTargets: 2 }
`;

const catalogue = loadCatalogue();
const template = readFileSync(new URL('../../../../template.yaml', import.meta.url), 'utf8');

/** The default of a list parameter of the platform's template. */
function allowedOf(parameter: string): string[] {
  const { Parameters } = parse(template, { logLevel: 'silent' });
  return Parameters[parameter].Default.split(',');
}

function compile(text: string, world: Partial<CompileInput> = {}) {
  return compilePolicy({ file, text, catalogue, today: '2026-11-21', ...world });
}

function tableOf(compiled: CompiledPolicy): RoutingTable {
  if (compiled.kind === 'invalid') throw new Error(compiled.problems.map(formatPolicyProblem).join('\n'));
  return compiled.table;
}

function problemsOf(text: string): string[] {
  const compiled = compile(text);
  return compiled.kind === 'invalid' ? compiled.problems.map(formatPolicyProblem) : [];
}

function warningsOf(text: string, world: Partial<CompileInput> = {}): string[] {
  const compiled = compile(text, world);
  if (compiled.kind === 'invalid') throw new Error(compiled.problems.map(formatPolicyProblem).join('\n'));
  return compiled.warnings.map(formatPolicyProblem);
}

describe('the policy that is shipped', () => {
  const compiled = compile(shipped);

  it('compiles without a warning to a table that its readers accept', () => {
    const table = tableOf(compiled);
    expect(compiled).toMatchObject({ warnings: [] });
    expect(RoutingTable.parse(table)).toEqual(table);
  });

  it('needs no model and no region that the template does not allow, and no global profile', () => {
    const allowed = {
      models: allowedOf('AllowedModels'),
      regions: allowedOf('AllowedRegions'),
      globalProfiles: allowedOf('AllowGlobalProfiles').includes('true'),
    };
    expect(compile(shipped, { allowed })).toMatchObject({ kind: 'compiled', warnings: [] });
    const without = { ...allowed, models: allowed.models.slice(1) };
    expect(compile(shipped, { allowed: without })).toMatchObject({ kind: 'invalid' });
  });

  it('has the routes that a platform team starts from', () => {
    const { routes } = tableOf(compiled);
    expect(Object.keys(routes)).toEqual(expect.arrayContaining(['default', 'fast', 'reasoning', 'long-context', 'vision', 'eu-resident']));
    expect(routes['eu-resident']?.residency?.every((region) => region.startsWith('eu-'))).toBe(true);
    expect(routes.default?.rules?.map((rule) => rule.route)).toEqual(['long-context', 'vision']);
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
    const { targets } = plan({
      request: readFeatures({ content: { messages: [{ role: 'user', content: [{ text: 'Hello' }] }] }, tenant: 'acme' }),
      table,
      route,
      random: () => 0,
    });
    expect(targets.map(({ target }) => target.id)).toEqual(order);
    expect(targets.filter((planned) => planned.degraded).map(({ target }) => target.id)).toEqual(degraded);
  });

  it('streams on the default route, and on batch sets no limit between tokens', () => {
    const { routes } = tableOf(compiled);
    expect(routes.default?.limits).toEqual({
      attemptMs: 60_000,
      firstTokenMs: 10_000,
      idleMs: 10_000,
      slowMs: 6_000,
      retryAfterMs: 5_000,
      maxTargets: 3,
    });
    expect(routes.fast?.limits).not.toHaveProperty('retryAfterMs');
    expect(routes.batch?.limits).toEqual({ attemptMs: 300_000, retryAfterMs: 30_000, maxTargets: 3 });
    expect(routes.quality?.limits).toMatchObject({ slowMs: 15_000, firstTokenMs: 10_000 });
  });
});

describe('compilePolicy', () => {
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
    const text = small.replace('    fallbacks: [micro]\n', '').replace('[lite]', '[{ target: lite, weight: 3 }]');
    expect(warningsOf(text)).toEqual([
      `${file}:8:3 targets.micro: is used by no route; use it or remove it`,
      `${file}:15:42 routes.default.candidates[0].weight: has no effect, because the strategy is static; remove it, or write strategy: weighted`,
    ]);
  });

  it('takes limits from the defaults one by one, and none as their end', () => {
    const defaults = 'defaults: { maxTokens: { default: 10, cap: 20 }, limits: { attempt: 30s, idle: 5s, slow: 4s, maxTargets: 2 } }\n';
    const text = small.replace(/ {4}maxTokens.*\n {4}limits.*\n/, '    limits: { idle: none, slow: 3s }\n') + defaults;
    const route = tableOf(compile(text)).routes.default;
    expect(route?.limits).toEqual({ attemptMs: 30_000, slowMs: 3_000, retryAfterMs: 5_000, maxTargets: 2 });
    expect(route?.maxTokens).toEqual({ default: 10, cap: 20 });
  });

  it('reports a limit of the defaults where it stands, not in each route', () => {
    const defaults = 'defaults: { limits: { attempt: 3s, slow: 4s } }\n';
    expect(problemsOf(small + defaults)).toEqual([
      `${file}:19:42 defaults.limits.slow: is 4s, longer than the attempt (3s): no attempt could ever be flagged slow; write at most 3s, or none`,
    ]);
  });

  it('lets hundreds of routes share a part by an alias, and refuses aliases that blow a text up', () => {
    const routes = Array.from(
      { length: 300 },
      (_, index) => `  r${index}:\n    strategy: static\n    candidates: [haiku]\n    limits: *slow\n`,
    );
    const shared = shipped.replace('limits: { slow: 15s }', 'limits: &slow { slow: 15s }').replace('\n# 5.', `\n${routes.join('')}\n# 5.`);
    expect(compile(shared).kind).toBe('compiled');
    const [first, ...others] = ['a', 'b', 'c', 'd', 'e'];
    const bomb = others.map((name, index) => `${name}: &${name} [${`*${['a', 'b', 'c', 'd'][index]}, `.repeat(10)}]`);
    const compiled = compile([`${first}: &${first} [1]`, ...bomb, shipped].join('\n'));
    expect(compiled.kind === 'invalid' && compiled.problems[0]?.message).toMatch(/^is not valid YAML: Excessive alias count/);
  });

  it('reads aliases, and finds the place of what is wrong behind one', () => {
    const text = small
      .replace('limits: {', 'limits: &usual {')
      .concat('  other: { strategy: static, candidates: [lite], maxTokens: { default: 1, cap: 2 }, limits: *usual }\n');
    expect(tableOf(compile(text)).routes.other?.limits).toEqual({
      attemptMs: 60_000,
      firstTokenMs: 10_000,
      retryAfterMs: 5_000,
      maxTargets: 2,
    });
    expect(problemsOf(text.replace('firstToken: 10s', 'firstToken: 2m')).map((line) => line.slice(0, line.indexOf(' ')))).toEqual([
      `${file}:18:48`,
      `${file}:18:48`,
    ]);
  });
});

describe('what comes from the catalogue', () => {
  const target = (text: string, id = 'lite') =>
    tableOf(compile(small.replace('    class: standard\n', `    class: standard\n${text}`))).targets[id];

  it('fills in what a target leaves out, and null stays null', () => {
    expect(target('')).toEqual({
      id: 'lite',
      kind: 'bedrock',
      model: 'amazon.nova-lite-v1:0',
      modelId: 'amazon.nova-lite-v1:0',
      region: 'us-east-1',
      class: 'standard',
      capabilities: expect.arrayContaining(['tool-use', 'streaming', 'vision']),
      inputModalities: expect.arrayContaining(['text', 'image', 'document', 'video']),
      contextTokens: 300_000,
      maxOutputTokens: 10_000,
      price: expect.objectContaining({ inputPerMTokens: 0.06, outputPerMTokens: 0.24, cacheWritePerMTokens: null }),
      definition: expect.stringMatching(/^[0-9a-f]{8}$/),
    });
    expect(target('')?.capabilities).not.toContain('reasoning');
  });

  it('lets the policy state otherwise', () => {
    const stated = `    contextTokens: null
    maxOutputTokens: 8192
    capabilities: [reasoning]
    inputModalities: [text]
    rateLimits: { requestsPerMinute: 60 }
    price: { inputPerMTokens: 1, outputPerMTokens: null }\n`;
    expect(target(stated)).toMatchObject({
      contextTokens: null,
      maxOutputTokens: 8192,
      capabilities: ['reasoning'],
      inputModalities: ['text'],
      rateLimits: { requestsPerMinute: 60 },
      price: { inputPerMTokens: 1, outputPerMTokens: null },
    });
  });

  it('names the model by its id when the policy uses an alias', () => {
    const text = small.replace('model: amazon.nova-lite-v1:0', 'model: anthropic.claude-haiku-4-5\n    profile: us');
    expect(tableOf(compile(text)).targets.lite).toMatchObject({
      model: 'anthropic.claude-haiku-4-5-20251001-v1:0',
      modelId: 'us.anthropic.claude-haiku-4-5-20251001-v1:0',
      processingRegions: ['ca-central-1', 'us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'],
    });
  });

  const arn = 'arn:aws:bedrock:us-east-1:123456789012';

  it.each<[string, string, string[] | null | undefined]>([
    ['of the account, which may run anywhere', `${arn}:application-inference-profile/abc`, null],
    ['of the system', `${arn}:inference-profile/us.amazon.nova-lite-v1:0`, ['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2']],
    ['of provisioned throughput, which stays in its region', `${arn}:provisioned-model/abc`, undefined],
    ['of a custom deployment, which stays in its region', `${arn}:custom-model-deployment/abc`, undefined],
  ])('knows where an ARN runs: %s', (_, modelId, expected) => {
    const called = target(`    modelId: ${modelId}\n`);
    expect(called).toMatchObject({ model: 'amazon.nova-lite-v1:0', modelId });
    expect(called?.processingRegions).toEqual(expected);
  });

  it('puts measurements in, those of the target before those of its model', () => {
    const measurements = {
      'amazon.nova-lite-v1:0': { latencyMs: 900, quality: 0.7 },
      lite: { latencyMs: 800 },
      'amazon.nova-micro-v1:0': { quality: 0.5 },
    };
    const { targets } = tableOf(compile(small, { measurements }));
    expect(targets.lite?.measured).toEqual({ latencyMs: 800 });
    expect(targets.micro?.measured).toEqual({ quality: 0.5 });
    const fastest = small.replace('strategy: static', 'strategy: lowest-latency');
    expect(warningsOf(fastest, { measurements: { lite: { latencyMs: 800 } } })).toEqual([]);
    expect(warningsOf(fastest)).toEqual([expect.stringContaining('the order as written is used')]);
  });

  it('takes a model that ends soon when the policy names the day of its end, and until then', () => {
    const ending = small
      .replace('model: amazon.nova-lite-v1:0', 'model: anthropic.claude-opus-4-1-20250805-v1:0\n    profile: us')
      .replace('class: standard\n', 'class: standard\n    acceptEndOfLife: 2027-01-08\n');
    expect(warningsOf(ending)).toEqual([]);
    expect(warningsOf(ending, { today: '2026-10-01' })).toEqual([
      expect.stringContaining('which is legacy and ends on 2027-01-08; write anthropic.claude-opus-4-8'),
      expect.stringContaining('acceptEndOfLife: has no effect'),
    ]);
    expect(compile(ending, { today: '2027-01-08' })).toMatchObject({
      kind: 'invalid',
      problems: [{ message: expect.stringContaining('ended on 2027-01-08; write anthropic.claude-opus-4-8') }],
    });
  });

  it('reads the rest of the language', () => {
    const text = small
      .replace('class: simple\n', 'class: simple\n    serviceTier: flex\n')
      .replace('    candidates: [lite]\n    fallbacks: [micro]\n', '    tiers: [[lite], [{ target: micro, weight: 2 }]]\n')
      .replace('firstToken: 10s', 'firstToken: 10s, retryAfter: 2s')
      .concat('    residency: [us-east-*]\n    stickyBy: labels.team\n    hedge: { after: 2s, budget: 5% }\n    priceCeiling: 10\n');
    const { routes, targets } = tableOf(compile(text));
    expect(routes.default).toMatchObject({
      candidates: [
        { target: 'lite', weight: 1 },
        { target: 'micro', weight: 2, tier: 1 },
      ],
      limits: { retryAfterMs: 2000 },
      residency: ['us-east-1', 'us-east-2'],
      stickyBy: 'labels.team',
      hedge: { afterMs: 2000, budget: 0.05 },
      priceCeiling: 10,
    });
    expect(targets.micro).toMatchObject({ serviceTier: 'flex' });
    expect(targets.micro?.definition).not.toBe(tableOf(compile(small)).targets.micro?.definition);
  });
});

describe('versions', () => {
  const { version, targets } = tableOf(compile(small));

  it('are the same for the same content in another order and with comments', () => {
    const reordered = small.replace(
      '    model: amazon.nova-lite-v1:0\n    region: us-east-1\n',
      '    region: us-east-1 # Virginia\n    model: amazon.nova-lite-v1:0\n',
    );
    expect(reordered).not.toBe(small);
    expect(tableOf(compile(reordered)).version).toBe(version);
    expect(version).toMatch(/^[0-9a-f]{12}$/);
  });

  it.each([
    ['cap: 4096', 'cap: 4095'],
    ['[standard, simple]', '[simple, standard]'],
    ['class: simple', 'class: standard'],
    ['strategy: static', 'strategy: weighted'],
  ])('change with the content: %s', (from, to) => {
    expect(tableOf(compile(small.replace(from, to))).version).not.toBe(version);
  });

  it('of a definition change with what is called and where, not with its price or class', () => {
    const definitionAfter = (from: string, to: string) => tableOf(compile(small.replace(from, to))).targets.lite?.definition;
    expect(definitionAfter('model: amazon.nova-lite-v1:0', 'model: amazon.nova-lite-v1:0\n    profile: us')).not.toBe(
      targets.lite?.definition,
    );
    expect(definitionAfter('region: us-east-1', 'region: us-west-2')).not.toBe(targets.lite?.definition);
    expect(definitionAfter('class: standard', 'class: standard\n    maxOutputTokens: 4999')).toBe(targets.lite?.definition);
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
