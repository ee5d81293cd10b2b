import { invalid } from './bedrock-error.ts';
import type { ContentBlock, ConverseRequest, Message } from './converse-request.ts';

type Chat = Record<string, unknown>;

/** A Converse request as an OpenAI-compatible server takes it. Blocks that have no counterpart there are a ValidationException; reasoning and cache points are left out. */
export function chatRequest({ request, model, stream }: { request: ConverseRequest; model: string; stream: boolean }): Chat {
  const { messages, system, inferenceConfig = {}, toolConfig, outputConfig, additionalModelRequestFields = {} } = request;
  const { maxTokens, temperature, topP, stopSequences } = inferenceConfig;
  const instructions = (system ?? []).flatMap(({ text }) => text ?? []).join('\n\n');
  return definedOnly({
    ...additionalModelRequestFields,
    model,
    messages: [...(instructions === '' ? [] : [{ role: 'system', content: instructions }]), ...messages.flatMap(chatMessages)],
    max_tokens: maxTokens,
    temperature,
    top_p: topP,
    stop: stopSequences,
    ...(toolConfig ? chatTools(toolConfig) : {}),
    response_format: responseFormat(outputConfig),
    stream,
    stream_options: stream ? { include_usage: true } : undefined,
  });
}

function chatMessages({ role, content }: Message): Chat[] {
  if (role === 'assistant') return [assistantMessage(content)];
  const results = content.flatMap(({ toolResult }) => (toolResult ? [toolMessage(toolResult)] : []));
  const parts = content.filter(({ toolResult }) => !toolResult).flatMap(userPart);
  if (parts.length === 0) return results;
  const onlyText = parts.length === 1 && parts[0]?.type === 'text' ? parts[0].text : parts;
  return [...results, { role, content: onlyText }];
}

function assistantMessage(content: ContentBlock[]): Chat {
  const text = content.flatMap((block) => block.text ?? []).join('');
  const calls = content.flatMap(({ toolUse }) =>
    toolUse
      ? [{ id: toolUse.toolUseId, type: 'function', function: { name: toolUse.name, arguments: JSON.stringify(toolUse.input) } }]
      : [],
  );
  return { role: 'assistant', content: text === '' && calls.length > 0 ? null : text, ...(calls.length > 0 ? { tool_calls: calls } : {}) };
}

function toolMessage({ toolUseId, content }: NonNullable<ContentBlock['toolResult']>): Chat {
  const texts = content.map(({ text, json }) => {
    if (text === undefined && json === undefined) throw unsupported('a tool result other than text and json');
    return text ?? JSON.stringify(json);
  });
  return { role: 'tool', tool_call_id: toolUseId, content: texts.join('\n') };
}

function userPart(block: ContentBlock): Chat[] {
  if (block.text !== undefined) return [{ type: 'text', text: block.text }];
  if (block.cachePoint || block.reasoningContent) return [];
  if (!block.image) throw unsupported(`a ${Object.keys(block).find((name) => block[name as keyof ContentBlock] !== undefined)} block`);
  const { format, source } = block.image;
  if (source.bytes === undefined) throw unsupported('an image by S3 location');
  return [{ type: 'image_url', image_url: { url: `data:image/${format};base64,${source.bytes}` } }];
}

function unsupported(what: string) {
  return invalid(`This model is served by an OpenAI-compatible server, which does not take ${what}.`);
}

function chatTools({ tools, toolChoice }: NonNullable<ConverseRequest['toolConfig']>): Chat {
  const functions = tools.flatMap(({ toolSpec }) => (toolSpec ? [toolSpec] : []));
  return {
    tools: functions.map(({ name, description, inputSchema, strict }) => ({
      type: 'function',
      function: definedOnly({ name, description, parameters: inputSchema.json, strict }),
    })),
    tool_choice: toolChoice?.tool ? { type: 'function', function: { name: toolChoice.tool.name } } : toolChoice?.any ? 'required' : 'auto',
  };
}

function responseFormat(outputConfig: ConverseRequest['outputConfig']): Chat | undefined {
  const schema = outputConfig?.textFormat?.structure.jsonSchema;
  return schema && { type: 'json_schema', json_schema: { name: schema.name ?? 'answer', schema: JSON.parse(schema.schema), strict: true } };
}

function definedOnly(fields: Chat): Chat {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
