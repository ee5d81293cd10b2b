import { invalid } from './bedrock-error.ts';
import type { ContentBlock, ConverseRequest, Message } from './converse-request.ts';
import { checkStrictSchema } from './strict-schema.ts';

const MAXIMUM_IMAGES = 20;
const MAXIMUM_IMAGE_BYTES = 3.75 * 1024 * 1024;
const MAXIMUM_DOCUMENTS = 5;
const MAXIMUM_DOCUMENT_BYTES = 4.5 * 1024 * 1024;

/** Throws a ValidationException for what Bedrock refuses beyond the shape: order of roles, limits of media, tools that do not fit. */
export function checkConversation(request: ConverseRequest): void {
  checkRoles(request.messages);
  for (const [index, message] of request.messages.entries()) checkMessage(message, `messages.${index}`);
  checkImages(request.messages);
  checkTools(request);
  checkToolResults(request.messages);
  checkOutputConfig(request);
}

function checkRoles(messages: Message[]): void {
  const turns = messages.filter((message) => message.role !== 'system');
  if (turns[0]?.role !== 'user') {
    throw invalid('A conversation must start with a user message. Try again with a conversation that starts with a user message.');
  }
  if (turns.some((turn, index) => index > 0 && turn.role === turns[index - 1]?.role)) {
    throw invalid('A conversation must alternate between user and assistant roles. Join consecutive messages of one role and try again.');
  }
}

function checkMessage({ role, content }: Message, path: string): void {
  if (content.length === 0) throw invalid(`The content field in the Message object at ${path} is empty. Add a ContentBlock and try again.`);
  const documents = content.flatMap(({ document }) => (document ? [document] : []));
  if (documents.length > MAXIMUM_DOCUMENTS)
    throw invalid(`${path} has ${documents.length} documents: the maximum is ${MAXIMUM_DOCUMENTS}.`);
  if (documents.length > 0 && !content.some(({ text }) => text !== undefined)) {
    throw invalid(`${path} has a document but no text block. Add a text block and try again.`);
  }
  for (const [index, block] of content.entries()) checkBlock(block, role, `${path}.content.${index}`);
}

function checkBlock(block: ContentBlock, role: Message['role'], path: string): void {
  if (block.text?.trim() === '') throw invalid(`The text field in the ContentBlock object at ${path} is blank. Add text and try again.`);
  if ((block.image || block.document || block.video) && role !== 'user') throw invalid(`${path}: only a user message may hold media.`);
  if (block.toolUse && role !== 'assistant') throw invalid(`${path}: only an assistant message may hold toolUse.`);
  if (block.toolResult && role !== 'user') throw invalid(`${path}: only a user message may hold toolResult.`);
  checkBytes(block.image?.source, MAXIMUM_IMAGE_BYTES, `${path}.image`);
  checkBytes(block.document?.source, MAXIMUM_DOCUMENT_BYTES, `${path}.document`);
}

function checkBytes(source: { bytes?: string | undefined } | undefined, maximumBytes: number, path: string): void {
  const bytes = ((source?.bytes?.length ?? 0) * 3) / 4;
  if (bytes > maximumBytes) throw invalid(`${path} is ${Math.round(bytes)} bytes: the maximum is ${maximumBytes}.`);
}

function checkImages(messages: Message[]): void {
  const images = messages.flatMap(({ content }) => content).filter(({ image }) => image).length;
  if (images > MAXIMUM_IMAGES) throw invalid(`The request has ${images} images: the maximum is ${MAXIMUM_IMAGES}.`);
}

function checkTools({ messages, toolConfig }: ConverseRequest): void {
  const usesTools = messages.some(({ content }) => content.some(({ toolUse, toolResult }) => toolUse || toolResult));
  if (usesTools && !toolConfig) throw invalid('The toolConfig field must be defined when using toolUse and toolResult content blocks.');
  const specs = toolConfig?.tools.flatMap(({ toolSpec }) => (toolSpec ? [toolSpec] : [])) ?? [];
  const chosen = toolConfig?.toolChoice?.tool?.name;
  if (chosen && !specs.some(({ name }) => name === chosen))
    throw invalid(`toolChoice names the tool '${chosen}', which toolConfig.tools does not define.`);
  if (new Set(specs.map(({ name }) => name)).size < specs.length) throw invalid('toolConfig.tools defines the same tool name twice.');
  for (const { name, strict, inputSchema } of specs) if (strict) checkStrictSchema(inputSchema.json, `the strict tool '${name}'`);
}

function checkToolResults(messages: Message[]): void {
  for (const [index, message] of messages.entries()) {
    const asked = message.content.flatMap(({ toolUse }) => (toolUse ? [toolUse.toolUseId] : []));
    const next = messages[index + 1];
    if (asked.length === 0 || !next) continue;
    const answered = next.content.flatMap(({ toolResult }) => (toolResult ? [toolResult.toolUseId] : []));
    const missing = asked.filter((id) => !answered.includes(id));
    if (missing.length > 0)
      throw invalid(`Expected toolResult blocks at messages.${index + 1}.content for the following Ids: ${missing.join(', ')}`);
  }
}

function checkOutputConfig({ outputConfig }: ConverseRequest): void {
  const text = outputConfig?.textFormat?.structure.jsonSchema.schema;
  if (text === undefined) return;
  checkStrictSchema(parseSchema(text), 'outputConfig.textFormat');
}

function parseSchema(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(
      `outputConfig.textFormat.structure.jsonSchema.schema is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
