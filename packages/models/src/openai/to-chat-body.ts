import type { InferenceContent, JsonObject, ModelCall, ToolConfig } from '@signalbox/contracts';
import { UnsupportedContentError } from '../unsupported-content-error.ts';
import { toChatMessages } from './to-chat-messages.ts';

export type ChatBody = Pick<ModelCall, 'content' | 'inferenceConfig'> & {
  /** The server's name for the model; absent where the endpoint has but one. */
  model?: string;
  maxTokensField: 'max_tokens' | 'max_completion_tokens';
  isStreamed: boolean;
};

/** The body of `/chat/completions`. The request's own fields for the model go along, and cannot change what we set. Throws `UnsupportedContentError`. */
export function toChatBody({ content, inferenceConfig, model, maxTokensField, isStreamed }: ChatBody): JsonObject {
  const { maxTokens, temperature, topP, stopSequences } = inferenceConfig;
  const { additionalModelRequestFields, toolConfig, outputConfig } = content;
  return {
    ...additionalModelRequestFields,
    ...(model !== undefined && { model }),
    messages: toChatMessages(content),
    [maxTokensField]: maxTokens,
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(stopSequences && stopSequences.length > 0 && { stop: stopSequences }),
    ...(toolConfig && toTools(toolConfig)),
    ...toOutput(outputConfig),
    stream: isStreamed,
    ...(isStreamed && { stream_options: { include_usage: true } }),
  };
}

function toTools({ tools, toolChoice }: ToolConfig): JsonObject {
  return {
    tools: tools.map(({ toolSpec: { name, description, inputSchema, strict } }) => ({
      type: 'function',
      function: {
        name,
        ...(description !== undefined && { description }),
        parameters: inputSchema.json,
        ...(strict !== undefined && { strict }),
      },
    })),
    ...(toolChoice && { tool_choice: toToolChoice(toolChoice) }),
  };
}

function toToolChoice({ any, tool }: NonNullable<ToolConfig['toolChoice']>): JsonObject | string {
  if (tool) return { type: 'function', function: { name: tool.name } };
  return any ? 'required' : 'auto';
}

function toOutput(outputConfig: InferenceContent['outputConfig']): JsonObject {
  const asked = outputConfig?.textFormat?.structure.jsonSchema;
  const effort = outputConfig?.effort && { reasoning_effort: outputConfig.effort };
  if (!asked) return { ...effort };
  const { name = 'answer', description, schema } = asked;
  const json_schema = { name, ...(description !== undefined && { description }), schema: parseSchema(schema), strict: true };
  return { ...effort, response_format: { type: 'json_schema', json_schema } };
}

function parseSchema(schema: string): JsonObject {
  try {
    return JSON.parse(schema);
  } catch {
    // What the parser says quotes the schema.
    throw new UnsupportedContentError('InvalidJsonSchema', 'The JSON schema of outputConfig is not JSON.');
  }
}
