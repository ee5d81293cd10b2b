import type OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { parseChatRequest } from './parse-chat-request.ts';
import { refusalOf } from './testing/refusal-of.ts';

type Params = OpenAI.ChatCompletionCreateParams;

const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'hello' }];
const parameters = { type: 'object', properties: { city: { type: 'string' } } };
const tools: OpenAI.ChatCompletionTool[] = [
  { type: 'function', function: { name: 'weather', description: 'Tells it.', parameters, strict: true } },
];
const schema = { type: 'object', properties: {}, additionalProperties: false };
const minimal: Params = { model: 'default', messages };
const read = (more: Partial<Params> & { signalbox?: object }) => parseChatRequest({ ...minimal, ...more });

describe('a chat request', () => {
  it('needs a model and messages, and asks nothing else by itself', () => {
    expect(parseChatRequest(minimal)).toEqual({
      model: 'default',
      content: { messages: [{ role: 'user', content: [{ text: 'hello' }] }] },
      inferenceConfig: {},
      isStreamed: false,
      includeUsage: false,
      neededCapabilities: [],
    });
  });

  it.each<[string, Partial<Params>, object]>([
    ['max_tokens', { max_tokens: 9 }, { inferenceConfig: { maxTokens: 9 } }],
    ['max_completion_tokens', { max_completion_tokens: 9 }, { inferenceConfig: { maxTokens: 9 } }],
    ['both, when they are the same', { max_tokens: 9, max_completion_tokens: 9 }, { inferenceConfig: { maxTokens: 9 } }],
    ['temperature and top_p, 0 too', { temperature: 0, top_p: 0.5 }, { inferenceConfig: { temperature: 0, topP: 0.5 } }],
    ['one stop', { stop: 'END' }, { inferenceConfig: { stopSequences: ['END'] } }],
    ['several stops', { stop: ['a', 'b', 'c', 'd'] }, { inferenceConfig: { stopSequences: ['a', 'b', 'c', 'd'] } }],
    ['no stop', { stop: [] }, { inferenceConfig: {} }],
    ['a seed', { seed: 0 }, { content: { additionalModelRequestFields: { seed: 0 } }, neededCapabilities: ['seed'] }],
    ['effort', { reasoning_effort: 'low' }, { content: { outputConfig: { effort: 'low' } }, neededCapabilities: ['reasoning'] }],
    ['stream', { stream: true }, { isStreamed: true, includeUsage: false }],
    ['usage in a stream', { stream: true, stream_options: { include_usage: true } }, { isStreamed: true, includeUsage: true }],
    ['metadata and user', { metadata: { team: 'a' }, user: 'u1' }, { labels: { team: 'a', user: 'u1' } }],
    ['text', { response_format: { type: 'text' } }, { neededCapabilities: [] }],
    [
      'a JSON schema',
      { response_format: { type: 'json_schema', json_schema: { name: 'city', description: 'One.', schema, strict: true } } },
      {
        content: {
          outputConfig: {
            textFormat: {
              type: 'json_schema',
              structure: { jsonSchema: { schema: JSON.stringify(schema), name: 'city', description: 'One.' } },
            },
          },
        },
        neededCapabilities: ['structured-output'],
      },
    ],
    [
      'tools',
      { tools, tool_choice: 'auto' },
      {
        content: {
          toolConfig: {
            tools: [{ toolSpec: { name: 'weather', description: 'Tells it.', inputSchema: { json: parameters }, strict: true } }],
            toolChoice: { auto: {} },
          },
        },
      },
    ],
    ['a required tool', { tools, tool_choice: 'required' }, { content: { toolConfig: { toolChoice: { any: {} } } } }],
    [
      'a named tool',
      { tools, tool_choice: { type: 'function', function: { name: 'weather' } } },
      { content: { toolConfig: { toolChoice: { tool: { name: 'weather' } } } } },
    ],
    [
      'a tool without parameters',
      { tools: [{ type: 'function', function: { name: 'now' } }] },
      { content: { toolConfig: { tools: [{ toolSpec: { name: 'now', inputSchema: { json: { type: 'object', properties: {} } } } }] } } },
    ],
  ])('is asked with %s', (_what, more, expected) => {
    expect(read(more)).toMatchObject(expected);
  });

  it('leaves the tools out when none may be used, and when the list is empty', () => {
    expect(read({ tools, tool_choice: 'none' }).content).not.toHaveProperty('toolConfig');
    expect(read({ tools: [] }).content).not.toHaveProperty('toolConfig');
  });

  it('says in signalbox what the shape has no field for', () => {
    const signalbox = { requirements: { degrade: 'never' }, sessionId: 's1', labels: { team: 'a', user: 'u1' }, timeoutSeconds: 2.5 };
    expect(read({ signalbox, user: 'u1' })).toMatchObject({
      requirements: { degrade: 'never' },
      sessionId: 's1',
      labels: { team: 'a', user: 'u1' },
      timeoutMs: 2500,
    });
  });

  it('may state every default, and null wherever the API allows it', () => {
    const defaults: Partial<Params> = {
      n: 1,
      logprobs: false,
      top_logprobs: 0,
      logit_bias: {},
      frequency_penalty: 0,
      presence_penalty: 0,
      modalities: ['text'],
      store: false,
      service_tier: 'auto',
      parallel_tool_calls: true,
      verbosity: 'medium',
      stream: false,
      response_format: { type: 'text' },
    };
    const nothing = Object.fromEntries(
      [
        ...Object.keys(defaults),
        'audio',
        'prediction',
        'stop',
        'seed',
        'temperature',
        'top_p',
        'max_tokens',
        'metadata',
        'user',
        'tools',
      ].map((name) => [name, null]),
    );
    expect(read(defaults)).toEqual(parseChatRequest(minimal));
    expect(parseChatRequest({ ...minimal, ...nothing })).toEqual(parseChatRequest(minimal));
  });
});

describe('a parameter that cannot be honoured', () => {
  it.each<[string, object, string, RegExp]>([
    ['n', { n: 2 }, 'n', /must be 1 or absent/],
    ['temperature above 1', { temperature: 1.2 }, 'temperature', /from 0 to 1/],
    ['logprobs', { logprobs: true }, 'logprobs', /no model here/],
    ['top_logprobs', { top_logprobs: 3 }, 'top_logprobs', /no model here/],
    ['logit_bias', { logit_bias: { 50256: -100 } }, 'logit_bias', /must be empty or absent/],
    ['frequency_penalty', { frequency_penalty: 0.1 }, 'frequency_penalty', /must be 0/],
    ['presence_penalty', { presence_penalty: 0.1 }, 'presence_penalty', /must be 0/],
    ['audio out', { modalities: ['text', 'audio'] }, 'modalities', /answers are text/],
    ['an audio voice', { audio: { voice: 'x', format: 'mp3' } }, 'audio', /answers are text/],
    ['store', { store: true }, 'store', /POST \/v1\/inferences/],
    ['service_tier', { service_tier: 'flex' }, 'service_tier', /property of the target/],
    ['verbosity', { verbosity: 'low' }, 'verbosity', /medium/],
    ['prediction', { prediction: { type: 'content', content: 'x' } }, 'prediction', /absent/],
    ['parallel_tool_calls', { parallel_tool_calls: false }, 'parallel_tool_calls', /must be true/],
    ['reasoning_effort', { reasoning_effort: 'minimal' }, 'reasoning_effort', /low, medium or high/],
    ['web search', { web_search_options: {} }, 'web_search_options', /tool/],
    ['functions', { functions: [] }, 'functions', /tools/],
    ['function_call', { function_call: 'auto' }, 'function_call', /tool_choice/],
    ['a cache key', { prompt_cache_key: 'x' }, 'prompt_cache_key', /sessionId/],
    ['a safety identifier', { safety_identifier: 'x' }, 'safety_identifier', /user/],
    ['moderation', { moderation: {} }, 'moderation', /guardrail/],
    ['obfuscation', { stream: true, stream_options: { include_obfuscation: true } }, 'stream_options.include_obfuscation', /false/],
    ['any JSON', { response_format: { type: 'json_object' } }, 'response_format.type', /json_schema/],
    ['a custom tool', { tools: [{ type: 'custom', custom: { name: 'x' } }] }, 'tools[0].type', /JSON Schema/],
    ['allowed tools', { tools, tool_choice: { type: 'allowed_tools', allowed_tools: {} } }, 'tool_choice', /only those tools/],
    ['what no API has', { top_k: 4 }, 'top_k', /not a known field/],
    ['a tenant', { signalbox: { tenant: 'x' } }, 'signalbox.tenant', /not a known field/],
  ])('is refused by name: %s', (_what, more, parameter, message) => {
    const refusal = refusalOf(() => parseChatRequest({ ...minimal, ...more }));
    expect(refusal).toMatchObject({ status: 400, code: 'unsupported_parameter', parameter });
    expect(refusal.message).toMatch(message);
    expect(refusal.message).toContain(parameter);
  });
});

describe('a wrong parameter', () => {
  it.each<[string, object, string]>([
    ['no model', { model: undefined }, 'model'],
    ['an empty model', { model: '' }, 'model'],
    ['no messages', { messages: [] }, 'messages'],
    ['limits that differ', { max_tokens: 1, max_completion_tokens: 2 }, 'max_tokens'],
    ['no tokens', { max_tokens: 0 }, 'max_tokens'],
    ['top_p', { top_p: 1.1 }, 'top_p'],
    ['five stops', { stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop'],
    ['an empty stop', { stop: '' }, 'stop'],
    ['an empty stop in a list', { stop: ['a', ''] }, 'stop[1]'],
    ['stream options of no stream', { stream_options: { include_usage: true } }, 'stream_options'],
    ['a label that no label may be', { metadata: { 'a b': 'x' } }, 'metadata["a b"]'],
    ['a label that is too long', { metadata: { a: 'x'.repeat(129) } }, 'metadata.a'],
    ['a user that no label may be', { user: '' }, 'user'],
    ['two values of a label', { metadata: { user: 'a' }, user: 'b' }, 'user'],
    ['a label of both kinds', { metadata: { a: 'x' }, signalbox: { labels: { a: 'y' } } }, 'signalbox.labels.a'],
    ['17 labels', { metadata: Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`l${n}`, 'x'])), user: 'u' }, 'metadata'],
    ['a time that is too long', { signalbox: { timeoutSeconds: 901 } }, 'signalbox.timeoutSeconds'],
    ['a region that is none', { signalbox: { requirements: { regions: ['here'] } } }, 'signalbox.requirements.regions[0]'],
    [
      'a schema that is missing',
      { response_format: { type: 'json_schema', json_schema: { name: 'x' } } },
      'response_format.json_schema.schema',
    ],
    ['tools of one name', { tools: [...tools, ...tools] }, 'tools[1].function.name'],
    ['a name that no tool may have', { tools: [{ type: 'function', function: { name: 'a b' } }] }, 'tools[0].function.name'],
    ['a choice that is no tool', { tools, tool_choice: { type: 'function', function: { name: 'x' } } }, 'tool_choice.function.name'],
    ['a required tool of none', { tool_choice: 'required' }, 'tool_choice'],
  ])('is refused by name: %s', (_what, more, parameter) => {
    expect(refusalOf(() => parseChatRequest({ ...minimal, ...more }))).toMatchObject({ status: 400, code: 'invalid_request', parameter });
  });

  it('is named with all others', () => {
    const refusal = refusalOf(() =>
      parseChatRequest({ ...minimal, n: 2, store: true, top_k: 1, seed: 'x', user: '', stop: 7, metadata: 3 }),
    );
    expect(refusal.message).toMatch(/; and 2 more\.$/);
    const few = refusalOf(() =>
      read({ max_tokens: 1, max_completion_tokens: 2, tool_choice: 'required', user: 'a', metadata: { user: 'b' } }),
    );
    for (const name of ['tool_choice must', 'max_tokens must', 'user must']) expect(few.message).toContain(name);
  });

  it.each([[null], [[]], ['text'], [7], [undefined]])('is no body: %j', (body) => {
    const refusal = refusalOf(() => parseChatRequest(body));
    expect(refusal).toMatchObject({ status: 400, code: 'invalid_request' });
    expect(refusal.message).toContain('The body must be a JSON object');
  });

  it('is what nests too deep, or reaches a prototype', () => {
    const deep = JSON.parse(`{"model":"x","messages":${'['.repeat(70)}${']'.repeat(70)}}`);
    expect(refusalOf(() => parseChatRequest(deep)).message).toContain('64 levels');
    const poisoned = JSON.parse('{"model":"x","messages":[],"metadata":{"__proto__":"x"}}');
    expect(refusalOf(() => parseChatRequest(poisoned)).message).toContain('is not allowed as a key');
  });
});
