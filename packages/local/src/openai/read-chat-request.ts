import * as z from 'zod/mini';
import { invalid } from '../bedrock/bedrock-error.ts';
import type { ContentBlock, ConverseRequest, Message } from '../bedrock/converse-request.ts';
import { readOrRefuse } from './read-or-refuse.ts';

const Text = z.object({ type: z.literal('text'), text: z.string() });
const Image = z.object({ type: z.literal('image_url'), image_url: z.object({ url: z.string() }) });
const ToolCall = z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) });

const ChatMessage = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'developer']), content: z.union([z.string(), z.array(Text)]) }),
  z.object({ role: z.literal('user'), content: z.union([z.string(), z.array(z.discriminatedUnion('type', [Text, Image]))]) }),
  z.object({
    role: z.literal('assistant'),
    content: z.nullish(z.union([z.string(), z.array(Text)])),
    tool_calls: z.nullish(z.array(ToolCall)),
  }),
  z.object({ role: z.literal('tool'), tool_call_id: z.string(), content: z.union([z.string(), z.array(Text)]) }),
]);
type ChatMessage = z.infer<typeof ChatMessage>;

const ChatRequest = z.object({
  model: z.string().check(z.minLength(1)),
  messages: z.array(ChatMessage).check(z.minLength(1)),
  max_tokens: z.nullish(z.int().check(z.gte(1))),
  max_completion_tokens: z.nullish(z.int().check(z.gte(1))),
  temperature: z.nullish(z.number().check(z.gte(0), z.lte(2))),
  top_p: z.nullish(z.number().check(z.gte(0), z.lte(1))),
  n: z.nullish(z.literal(1)),
  seed: z.nullish(z.int()),
  stop: z.nullish(z.union([z.string(), z.array(z.string()).check(z.maxLength(4))])),
  stream: z.nullish(z.boolean()),
  stream_options: z.nullish(z.object({ include_usage: z.optional(z.boolean()) })),
  tools: z.nullish(
    z.array(
      z.object({
        type: z.literal('function'),
        function: z.object({
          name: z.string().check(z.regex(/^[a-zA-Z0-9_-]{1,64}$/)),
          description: z.optional(z.string()),
          parameters: z.optional(z.record(z.string(), z.unknown())),
          strict: z.nullish(z.boolean()),
        }),
      }),
    ),
  ),
  tool_choice: z.nullish(
    z.union([z.enum(['auto', 'none', 'required']), z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) })]),
  ),
  response_format: z.nullish(
    z.discriminatedUnion('type', [
      z.object({ type: z.literal('text') }),
      z.object({ type: z.literal('json_object') }),
      z.object({
        type: z.literal('json_schema'),
        json_schema: z.object({ name: z.string(), schema: z.record(z.string(), z.unknown()), strict: z.nullish(z.boolean()) }),
      }),
    ]),
  ),
  reasoning_effort: z.nullish(z.string()),
});
type ChatRequest = z.infer<typeof ChatRequest>;

/** A chat call of OpenAI's API, and the same as the simulated models take it. */
export type ChatCall = { model: string; isStreaming: boolean; includesUsage: boolean; mayReason: boolean; request: ConverseRequest };

/** Reads a chat completions body. Throws a ValidationException that names every field that is wrong; fields it does not know are passed over, as most servers do. */
export function readChatRequest(body: unknown): ChatCall {
  const chat = readOrRefuse(ChatRequest, body);
  return {
    model: chat.model,
    isStreaming: chat.stream === true,
    includesUsage: chat.stream_options?.include_usage === true,
    mayReason: chat.reasoning_effort !== 'none',
    request: toConverse(chat),
  };
}

function toConverse(chat: ChatRequest): ConverseRequest {
  const system = chat.messages.flatMap((message) =>
    message.role === 'system' || message.role === 'developer' ? [{ text: textOf(message.content) }] : [],
  );
  const maxTokens = chat.max_completion_tokens ?? chat.max_tokens;
  const stopSequences = typeof chat.stop === 'string' ? [chat.stop] : chat.stop;
  const toolConfig = toToolConfig(chat);
  const outputConfig = toOutputConfig(chat.response_format);
  return {
    messages: chat.messages.flatMap(toMessage),
    ...(system.length > 0 ? { system } : {}),
    inferenceConfig: { ...(maxTokens ? { maxTokens } : {}), ...(stopSequences ? { stopSequences } : {}) },
    ...(toolConfig ? { toolConfig } : {}),
    ...(outputConfig ? { outputConfig } : {}),
    // The seed has no field of its own there, and another seed gives another answer.
    ...(chat.seed == null ? {} : { additionalModelRequestFields: { seed: chat.seed } }),
  };
}

function toMessage(message: ChatMessage): Message[] {
  switch (message.role) {
    case 'user':
      return [{ role: 'user', content: typeof message.content === 'string' ? [{ text: message.content }] : message.content.map(toBlock) }];
    case 'assistant':
      return [{ role: 'assistant', content: [...textBlocks(message.content), ...(message.tool_calls ?? []).map(toToolUse)] }];
    case 'tool':
      return [
        { role: 'user', content: [{ toolResult: { toolUseId: message.tool_call_id, content: [{ text: textOf(message.content) }] } }] },
      ];
    default:
      return [];
  }
}

function toBlock(part: z.infer<typeof Text> | z.infer<typeof Image>): ContentBlock {
  if (part.type === 'text') return { text: part.text };
  const [, format, bytes] = /^data:image\/(png|jpeg|gif|webp);base64,([A-Za-z0-9+/]+=*)$/.exec(part.image_url.url) ?? [];
  if (!format || !bytes)
    throw invalid('The image URL must be a data URL of a png, jpeg, gif or webp image in base64: nothing is fetched here.');
  return { image: { format: format as 'png', source: { bytes } } };
}

function toToolUse({ id, function: called }: z.infer<typeof ToolCall>): ContentBlock {
  return { toolUse: { toolUseId: id, name: called.name, input: parsedOrText(called.arguments) } };
}

/** A model may have been cut off in the middle of its arguments. */
function parsedOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function textBlocks(content: string | { text: string }[] | null | undefined): ContentBlock[] {
  const text = textOf(content ?? '');
  return text === '' ? [] : [{ text }];
}

function textOf(content: string | { text: string }[]): string {
  return typeof content === 'string' ? content : content.map(({ text }) => text).join('\n');
}

function toToolConfig({ tools, tool_choice: choice }: ChatRequest): ConverseRequest['toolConfig'] {
  const name = typeof choice === 'object' ? choice?.function.name : undefined;
  if (name !== undefined && !tools?.some((tool) => tool.function.name === name))
    throw invalid(`'tool_choice' names the function '${name}', which 'tools' does not define.`);
  if (choice === 'required' && !tools?.length) throw invalid("'tool_choice' is required, but there are no 'tools'.");
  if (!tools?.length || choice === 'none') return undefined;
  const toolChoice = name !== undefined ? { tool: { name } } : choice === 'required' ? { any: {} } : { auto: {} };
  return {
    tools: tools.map(({ function: { name: toolName, description, parameters = {} } }) => ({
      toolSpec: { name: toolName, ...(description === undefined ? {} : { description }), inputSchema: { json: parameters } },
    })),
    toolChoice,
  };
}

function toOutputConfig(format: ChatRequest['response_format']): ConverseRequest['outputConfig'] {
  if (!format || format.type === 'text') return undefined;
  const { name, schema } = format.type === 'json_schema' ? format.json_schema : { name: 'object', schema: { type: 'object' } };
  return { textFormat: { type: 'json_schema', structure: { jsonSchema: { name, schema: JSON.stringify(schema) } } } };
}
