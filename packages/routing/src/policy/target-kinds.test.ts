import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCatalogue } from '@signalbox/catalogue';
import { RoutingTable } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { allowsEndpoint } from './allows-endpoint.ts';
import { readBaseUrl } from './base-url.ts';
import { compilePolicy, formatPolicyProblem } from './compile-policy.ts';

const catalogue = loadCatalogue();
const guide = readFileSync(new URL('../../../../docs/policy-targets.md', import.meta.url), 'utf8');
const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(guide) ?? [];
const allowed = { models: ['amazon.nova-pro-v1:0', 'amazon.titan-embed-text-v2:0'], regions: ['us-east-1'], globalProfiles: false };

type Fields = Record<string, unknown>;
const server: Fields = { kind: 'openai', baseUrl: 'https://llm.example.com/v1', model: 'qwen3-32b', class: 'simple' };
const endpoint: Fields = { kind: 'sagemaker', endpoint: 'signalbox-llama', model: 'own', region: 'us-east-1', class: 'simple' };
const embedder = { model: 'amazon.titan-embed-text-v2:0', region: 'us-east-1', class: 'simple' };
const STATED = {
  contextTokens: 8192,
  maxOutputTokens: 4096,
  capabilities: ['streaming'],
  price: { inputPerMTokens: 1, outputPerMTokens: 2 },
};

/** A policy of one target, as text. */
function policyOf(target: Fields, route: Fields = {}, defaults: Fields = {}): string {
  return stringify({
    version: 1,
    classes: ['simple'],
    targets: { one: target },
    defaults: { maxTokens: { default: 100, cap: 1000 }, limits: { attempt: '60s', maxTargets: 3 }, ...defaults },
    routes: { default: { strategy: 'static', candidates: ['one'], ...route } },
  });
}

function compile(text: string, more: Parameters<typeof compilePolicy>[0] | object = {}) {
  const compiled = compilePolicy({ file: 'p.yaml', text, catalogue, today: '2026-11-21', ...more });
  if (compiled.kind === 'invalid') throw new Error(compiled.problems.map(formatPolicyProblem).join('\n'));
  expect(RoutingTable.parse(compiled.table)).toEqual(compiled.table);
  return { ...compiled, target: compiled.table.targets.one, route: compiled.table.routes.default };
}

describe('the example of the guide', () => {
  it('compiles without a warning, within what its roles are allowed', () => {
    const { table, warnings } = compile(example, { allowed: { ...allowed, endpoints: ['signalbox-*'] } });
    expect(warnings).toEqual([]);
    expect(Object.values(table.targets).map(({ kind }) => kind)).toEqual(['bedrock', 'openai', 'openai', 'sagemaker', 'bedrock']);
    expect(table.targets['own-server']).toMatchObject({
      apiKey: { from: 'ssm', name: 'own-server' },
      modelId: 'qwen3-32b',
      region: 'external',
      processingRegions: null,
    });
    expect(table.targets['own-endpoint']).toMatchObject({
      modelId: 'signalbox-llama',
      component: 'llama-8b',
      processingRegions: ['us-east-1'],
    });
    expect(table.routes.default).toMatchObject({ rescue: 'hold', guardrail: { version: '1', applies: 'both' } });
  });

  it('is refused where its endpoint is not allowed', () => {
    expect(() => compile(example, { allowed })).toThrow(
      /own-endpoint\.endpoint: names the endpoint signalbox-llama, which the roles may not call/,
    );
  });

  it('has the examples that the shipped policy has in comments', () => {
    const shipped = readFileSync(new URL('../../../../policy/routing.yaml', import.meta.url), 'utf8');
    const [, commented = ''] = /\n((?: {2}# {1,}my-server:\n)[\s\S]*?)\n# 3\./.exec(shipped) ?? [];
    const lines = commented.split('\n').flatMap((line) => /^ {2}# (( {2})*[\w-]+:.*)$/.exec(line)?.[1] ?? []);
    const targets: Record<string, Fields> = parse(lines.join('\n'));
    expect(Object.keys(targets)).toEqual(['my-server', 'my-endpoint']);
    for (const target of Object.values(targets)) expect(compile(policyOf({ ...target, class: 'simple' })).warnings).toEqual([]);
  });
});

describe('a server', () => {
  it('of a model that the catalogue lacks has nothing that nobody stated', () => {
    const { target, warnings } = compile(policyOf(server));
    expect(target).toEqual({
      id: 'one',
      kind: 'openai',
      baseUrl: 'https://llm.example.com/v1',
      model: 'qwen3-32b',
      modelId: 'qwen3-32b',
      region: 'external',
      class: 'simple',
      capabilities: [],
      inputModalities: ['text'],
      contextTokens: null,
      maxOutputTokens: null,
      price: { inputPerMTokens: null, outputPerMTokens: null },
      processingRegions: null,
      definition: expect.stringMatching(/^[0-9a-f]{8}$/),
    });
    expect(warnings.map(formatPolicyProblem)).toEqual([
      expect.stringMatching(
        /^p\.yaml:8:12 targets\.one\.model: names the model "qwen3-32b", .* nobody has stated its contextTokens, maxOutputTokens, capabilities and price: .*State them here/,
      ),
    ]);
  });

  it('is warned of by what is left to state, and not at all when all is stated', () => {
    const { price, ...rest } = STATED;
    expect(compile(policyOf({ ...server, ...rest })).warnings[0]?.message).toMatch(
      /stated its price: its costs are not known\. State it here/,
    );
    expect(compile(policyOf({ ...server, ...rest, price })).warnings).toEqual([]);
  });

  it('of a model of the catalogue has its facts, but not the price that Bedrock takes', () => {
    const known = { ...server, model: 'openai.gpt-oss-20b-1:0', modelId: 'gpt-oss:20b' };
    const { target, warnings } = compile(policyOf(known));
    expect(warnings).toEqual([]);
    expect(target).toMatchObject({
      model: 'openai.gpt-oss-20b-1:0',
      modelId: 'gpt-oss:20b',
      price: { inputPerMTokens: null, outputPerMTokens: null },
    });
    expect(target?.contextTokens).toBeGreaterThan(1000);
    const atBedrock = { ...known, baseUrl: 'https://bedrock-runtime.us-west-2.amazonaws.com/openai/v1', region: 'us-west-2' };
    expect(compile(policyOf(atBedrock)).target?.price.inputPerMTokens).toBeGreaterThan(0);
    const lookalike = { ...known, baseUrl: 'https://bedrock-runtime.us-west-2.amazonaws.com.example.com/v1', region: 'us-west-2' };
    expect(compile(policyOf(lookalike)).target?.price.inputPerMTokens).toBeNull();
  });

  it('keeps where its key is, and what its fields are called', () => {
    const { target } = compile(policyOf({ ...server, apiKey: 'secrets-manager:mine', maxTokensField: 'max_completion_tokens' }));
    expect(target).toMatchObject({ apiKey: { from: 'secrets-manager', name: 'mine' }, maxTokensField: 'max_completion_tokens' });
  });

  it('may be asked by a route with a residency that it states to keep', () => {
    const stays = { ...server, ...STATED, processingRegions: ['eu-west-1'] };
    expect(compile(policyOf(stays, { residency: ['eu-west-1'] })).target?.processingRegions).toEqual(['eu-west-1']);
  });

  it('is in need of no right of the roles', () => {
    expect(compile(policyOf({ ...server, region: 'ap-south-1' }), { allowed }).target?.region).toBe('ap-south-1');
  });
});

describe('an address of a server', () => {
  it.each([
    ['https://llm.example.com/v1', 'https://llm.example.com/v1'],
    ['https://llm.example.com/v1/', 'https://llm.example.com/v1'],
    ['https://llm.example.com//', 'https://llm.example.com'],
    ['HTTPS://LLM.example.com:8443/V1', 'https://llm.example.com:8443/V1'],
    ['http://localhost:11434/v1', 'http://localhost:11434/v1'],
    ['http://vllm.localhost', 'http://vllm.localhost'],
    ['http://127.0.0.1:8000/v1', 'http://127.0.0.1:8000/v1'],
    ['http://10.1.2.3', 'http://10.1.2.3'],
    ['http://172.16.0.1', 'http://172.16.0.1'],
    ['http://172.31.255.255', 'http://172.31.255.255'],
    ['http://192.168.1.1', 'http://192.168.1.1'],
    ['http://[::1]:8000', 'http://[::1]:8000'],
    ['http://[fd12:3456::1]', 'http://[fd12:3456::1]'],
  ])('is taken: %s', (written, url) => {
    expect(readBaseUrl(written)).toEqual({ kind: 'read', url });
  });

  it.each([
    'http://172.15.0.1',
    'http://172.32.0.1',
    'http://11.0.0.1',
    'http://169.254.169.254',
    'http://[fe80::1]',
    'http://[::ffff:10.0.0.1]',
    'http://10.0.0.1.example.com',
    'http://localhost.example.com',
    'http://0x08080808',
  ])('is not private: %s', (written) => {
    expect(readBaseUrl(written)).toMatchObject({ kind: 'wrong', rule: expect.stringMatching(/^is http, so that prompts.*write https/) });
  });

  it('is never repeated with what may be secret in it', () => {
    const secret = fc.stringMatching(/^[a-z0-9]{8,20}$/);
    fc.assert(
      fc.property(
        secret,
        fc.constantFrom('https://me:$@h.example/v1', 'https://$@h.example', 'https://h.example/v1?key=$', 'http://h.example/#$'),
        (word, form) => {
          const reading = readBaseUrl(form.replace('$', word));
          expect(reading.kind === 'wrong' && !reading.rule.includes(word)).toBe(true);
        },
      ),
    );
  });
});

describe('an endpoint', () => {
  it('is called by its name, in its region', () => {
    const { target } = compile(policyOf({ ...endpoint, ...STATED, component: 'llama-8b' }));
    expect(target).toMatchObject({
      kind: 'sagemaker',
      modelId: 'signalbox-llama',
      component: 'llama-8b',
      processingRegions: ['us-east-1'],
    });
  });

  it.each([
    [['signalbox-*'], 'signalbox-llama', true],
    [['signalbox-*'], 'Signalbox-Llama', true],
    [['signalbox-*'], 'signalbox', false],
    [['a', 'team-?'], 'team-b', true],
    [['team-?'], 'team-bb', false],
    [['team.x'], 'team-x', false],
    [['*'], 'anything', true],
    [[''], 'anything', false],
    [[], 'anything', false],
  ])('is by %j for %s allowed: %s', (patterns, name, expected) => {
    expect(allowsEndpoint(patterns, name)).toBe(expected);
  });
});

describe('what makes a target the one that it is', () => {
  const definition = (target: Fields) => compile(policyOf({ ...STATED, ...target })).target?.definition;

  it.each<[Fields, Fields]>([
    [server, { baseUrl: 'https://b.example.com/v1' }],
    [server, { modelId: 'other' }],
    [endpoint, { endpoint: 'signalbox-other' }],
    [endpoint, { component: 'a' }],
    [endpoint, { region: 'us-west-2' }],
  ])('of %j is changed by %j', (target, change) => {
    expect(definition({ ...target, ...change })).not.toBe(definition(target));
  });

  it.each<[Fields, Fields]>([
    [server, { apiKey: 'ssm:mine' }],
    [server, { baseUrl: 'https://llm.example.com/v1/' }],
    [server, { region: 'us-east-1' }],
    [server, { maxTokensField: 'max_completion_tokens' }],
    [server, { price: { inputPerMTokens: 9, outputPerMTokens: 9 } }],
    [endpoint, { contextTokens: 9000 }],
  ])('of %j is not changed by %j', (target, change) => {
    expect(definition({ ...target, ...change })).toBe(definition(target));
  });
});

describe('a route for embeddings', () => {
  const embed = { operation: 'embed' };
  const streamed = { limits: { attempt: '60s', firstToken: '10s', idle: '5s', slow: '4s', maxTargets: 3 } };

  it('needs no tokens of output and inherits no limit of a stream', () => {
    const { route, warnings } = compile(policyOf(embedder, embed, { ...streamed, maxTokens: undefined }));
    expect(warnings).toEqual([]);
    expect(route).toMatchObject({ operation: 'embed', maxTokens: { default: 1, cap: 1 } });
    expect(route?.limits).toEqual({ attemptMs: 60_000, slowMs: 4000, retryAfterMs: 5000, maxTargets: 3 });
  });

  it('may have one model in several places', () => {
    const text = stringify({
      ...parse(policyOf(embedder, { ...embed, fallbacks: ['west', 'own'] })),
      targets: { one: embedder, west: { ...embedder, region: 'us-west-2' }, own: { ...server, ...STATED, model: embedder.model } },
    });
    expect(compile(text).route?.fallbacks).toEqual(['west', 'own']);
    const mixed = text
      .replace('region: us-west-2', 'region: us-east-1')
      .replace(/(west:\n\s+model: )\S+/, '$1amazon.titan-embed-g1-text-02');
    expect(() => compile(mixed)).toThrow(/routes\.default: has 2 models, .*: embeddings of different models cannot be compared/);
  });

  it('by cost misses no price of output', () => {
    expect(compile(policyOf(embedder, { ...embed, strategy: 'lowest-cost' })).warnings).toEqual([]);
  });
});

describe('rescue and guardrail of a route', () => {
  const guardrail = { id: 'gr1', version: 'DRAFT', region: 'us-east-1' };
  const chat = { model: 'amazon.nova-lite-v1:0', region: 'us-east-1', class: 'simple' };

  it.each([
    [{}, undefined],
    [{ rescue: 'restart' }, 'restart'],
    [{ rescue: 'hold' }, 'hold'],
    [{ guardrail: { ...guardrail, applies: 'input' } }, undefined],
    [{ guardrail: { ...guardrail, applies: 'output' } }, 'hold'],
    [{ guardrail: { ...guardrail, applies: 'both' } }, 'hold'],
    [{ rescue: 'restart', guardrail: { ...guardrail, applies: 'input' } }, 'restart'],
  ])('of %j make it %s', (fields, rescue) => {
    expect(compile(policyOf(chat, fields)).route?.rescue).toBe(rescue);
  });

  it.each([1, '1', 12345678, 'DRAFT'])('take the version %j as text', (version) => {
    const { route } = compile(policyOf(chat, { guardrail: { ...guardrail, version, applies: 'input' } }));
    expect(route?.guardrail).toEqual({ ...guardrail, version: String(version), applies: 'input' });
  });
});

describe('the version of the table', () => {
  const chat = { model: 'amazon.nova-lite-v1:0', region: 'us-east-1', class: 'simple' };
  it.each<[string, Fields, Fields, string]>([
    ['what there always was', chat, {}, '1.0'],
    ['a server', { ...server, ...STATED }, {}, '1.1'],
    ['an endpoint', { ...endpoint, ...STATED }, {}, '1.1'],
    ['embeddings', embedder, { operation: 'embed' }, '1.1'],
    ['rescue', chat, { rescue: 'restart' }, '1.1'],
    ['a guardrail', chat, { guardrail: { id: 'g', version: 1, region: 'us-east-1', applies: 'input' } }, '1.1'],
  ])('with %s is the lowest whose readers act on all of it', (_, target, route, version) => {
    expect(compile(policyOf(target, route)).table.schemaVersion).toBe(version);
  });
});

describe('what is told of a broken policy', () => {
  it('never has a key in it that was written there', () => {
    const folder = join(import.meta.dirname, '__fixtures__/broken');
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    const withSecrets = readdirSync(folder).filter((name) => name.endsWith('.yaml') && /hunter2/i.test(read(name)));
    expect(withSecrets.length).toBeGreaterThanOrEqual(2);
    for (const name of withSecrets) expect(read(name.replace('.yaml', '.txt'))).not.toMatch(/hunter2/i);
  });
});
