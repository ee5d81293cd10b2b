import type { OpenAiTarget } from '@signalbox/contracts';
import { modelCall } from '../__fixtures__/model-call.ts';
import { json, openEvents, sse } from '../__fixtures__/start-provider.ts';
import { type Driver, type ScriptedAnswer, TOO_LONG } from './driver.ts';

const FINISH = { end: 'stop', tool: 'tool_calls', filter: 'content_filter' } as const;
const usage = { prompt_tokens: 9, completion_tokens: 8, total_tokens: 17 };

export const openAiDriver: Driver = {
  kind: 'openai',
  target: openAiTarget,
  whole: (answer) => json(200, completion(answer)),
  open: openEvents,
  frames: chatFrames((chunk) => Buffer.from(typeof chunk === 'string' ? chunk : sse(chunk))),
  errors: {
    tooLong: json(400, { error: { message: TOO_LONG, type: 'invalid_request_error', code: 'context_length_exceeded' } }),
    throttled: json(429, { error: { message: 'slow down', type: 'requests', code: 'rate_limit_exceeded' } }, { 'retry-after': '2' }),
    serverError: json(500, { error: { message: 'quotes the prompt', type: 'server_error', code: null } }),
    invalid: json(400, { error: { message: 'The value of temperature is too high.', type: 'invalid_request_error' } }),
    denied: json(403, { error: { message: 'no', type: 'permission_error' } }),
  },
  vectors: (count) => json(200, embeddings(count)),
  schemaOf: (body) => (body as Schema).response_format.json_schema.schema,
};

type Schema = { response_format: { json_schema: { schema: unknown } } };

/** A target at a server's address; every other fact is the sample's. */
export function openAiTarget(url: string, changes: Partial<OpenAiTarget> = {}): OpenAiTarget {
  const { serviceTier: _onlyOfBedrock, ...facts } = modelCall().target;
  return { ...facts, kind: 'openai', modelId: 'qwen3', baseUrl: `${url}/v1`, ...changes };
}

/** A chat completion in one piece. */
export function completion({ text, tool, stop }: ScriptedAnswer): object {
  const tool_calls = tool && [{ id: tool.id, type: 'function', function: { name: tool.name, arguments: JSON.stringify(tool.input) } }];
  const message = { role: 'assistant', content: text ?? null, ...(tool_calls && { tool_calls }) };
  return { id: 'chatcmpl-1', object: 'chat.completion', choices: [{ index: 0, message, finish_reason: FINISH[stop] }], usage };
}

export function embeddings(count: number): object {
  const data = Array.from({ length: count }, (_, index) => ({ object: 'embedding', index, embedding: [0.25, -0.5] }));
  return { object: 'list', data: data.reverse(), usage: { prompt_tokens: 3 * count, total_tokens: 3 * count } };
}

/** The pieces of a streamed completion, written by the transport that carries them. */
export function chatFrames(encode: (chunk: object | string) => Uint8Array): Driver['frames'] {
  const choice = (delta: object, finish_reason: string | null = null) => encode({ choices: [{ index: 0, delta, finish_reason }] });
  return {
    text: (content) => choice({ role: 'assistant', content }),
    toolStart: (id, name) => choice({ tool_calls: [{ index: 0, id, type: 'function', function: { name, arguments: '' } }] }),
    toolInput: (json) => choice({ tool_calls: [{ index: 0, function: { arguments: json } }] }),
    stop: (reason) => choice({}, FINISH[reason]),
    bill: Buffer.concat([encode({ choices: [], usage }), encode('data: [DONE]\n\n')]),
    malformed: encode('data: {"choices":[{"index":0,"delta":{"conte\n\n'),
  };
}
