import * as z from 'zod/mini';
import type { Answer } from './answer.ts';
import { invalid } from './bedrock-error.ts';
import type { ContentBlock, ConverseRequest } from './converse-request.ts';
import { parseConverseRequest } from './converse-request.ts';
import { describeIssue } from './describe-issue.ts';
import { digest } from './seeded-random.ts';

const TextBlock = z.object({ type: z.literal('text'), text: z.string() });
const Block = z.discriminatedUnion('type', [
  TextBlock,
  z.object({ type: z.literal('image'), source: z.object({ type: z.literal('base64'), media_type: z.string(), data: z.string() }) }),
  z.object({ type: z.literal('tool_use'), id: z.string(), name: z.string(), input: z.record(z.string(), z.unknown()) }),
  z.object({
    type: z.literal('tool_result'),
    tool_use_id: z.string(),
    content: z.optional(z.union([z.string(), z.array(TextBlock)])),
    is_error: z.optional(z.boolean()),
  }),
]);
type Block = z.infer<typeof Block>;

const MessagesRequest = z.object({
  anthropic_version: z.literal('bedrock-2023-05-31'),
  max_tokens: z.int().check(z.gte(1)),
  system: z.optional(z.union([z.string(), z.array(TextBlock)])),
  messages: z
    .array(z.object({ role: z.enum(['user', 'assistant']), content: z.union([z.string(), z.array(Block)]) }))
    .check(z.minLength(1)),
  temperature: z.optional(z.number()),
  top_p: z.optional(z.number()),
  stop_sequences: z.optional(z.array(z.string())),
  tools: z.optional(
    z.array(z.object({ name: z.string(), description: z.optional(z.string()), input_schema: z.record(z.string(), z.unknown()) })),
  ),
  tool_choice: z.optional(z.object({ type: z.enum(['auto', 'any', 'tool']), name: z.optional(z.string()) })),
});
type MessagesRequest = z.infer<typeof MessagesRequest>;

/** An Anthropic Messages body of InvokeModel as the Converse request that means the same. */
export function fromAnthropicMessages(body: unknown): ConverseRequest {
  const result = MessagesRequest.safeParse(body, { reportInput: true });
  if (!result.success) {
    const problems = result.error.issues.map(describeIssue).map(({ path, constraint }) => `${path || 'body'}: ${constraint}`);
    throw invalid(`Malformed input request: ${problems.join('; ')}`);
  }
  const { messages, system, max_tokens, temperature, top_p, stop_sequences } = result.data;
  const instructions = typeof system === 'string' ? [{ text: system }] : system?.map(({ text }) => ({ text }));
  return parseConverseRequest({
    messages: messages.map(({ role, content }) => ({
      role,
      content: typeof content === 'string' ? [{ text: content }] : content.map(contentBlock),
    })),
    system: instructions,
    inferenceConfig: { maxTokens: max_tokens, temperature, topP: top_p, stopSequences: stop_sequences },
    toolConfig: toolConfig(result.data),
  });
}

function contentBlock(block: Block): Partial<ContentBlock> {
  switch (block.type) {
    case 'text':
      return { text: block.text };
    case 'image':
      return { image: { format: block.source.media_type.replace('image/', '') as 'png', source: { bytes: block.source.data } } };
    case 'tool_use':
      return { toolUse: { toolUseId: block.id, name: block.name, input: block.input } };
    case 'tool_result':
      return {
        toolResult: {
          toolUseId: block.tool_use_id,
          content: typeof block.content === 'string' ? [{ text: block.content }] : (block.content ?? []).map(({ text }) => ({ text })),
          status: block.is_error ? 'error' : 'success',
        },
      };
  }
}

function toolConfig({ tools, tool_choice: choice }: MessagesRequest): unknown {
  if (!tools) return undefined;
  const toolChoice = choice && (choice.type === 'tool' ? { tool: { name: choice.name } } : { [choice.type]: {} });
  return {
    tools: tools.map(({ name, description, input_schema }) => ({ toolSpec: { name, description, inputSchema: { json: input_schema } } })),
    toolChoice,
  };
}

/** An answer in Anthropic's form. */
export function anthropicReply({ blocks, stopReason, stopSequence, usage }: Answer, modelId: string): Record<string, unknown> {
  return {
    id: `msg_bdrk_${digest(modelId, blocks).slice(0, 24)}`,
    type: 'message',
    role: 'assistant',
    model: modelId,
    content: blocks.map((block) =>
      block.kind === 'text'
        ? { type: 'text', text: block.text }
        : { type: 'tool_use', id: block.toolUseId, name: block.name, input: block.input },
    ),
    stop_reason: stopReason,
    stop_sequence: stopSequence ?? null,
    usage: { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens },
  };
}
