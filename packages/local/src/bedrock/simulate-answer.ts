import { type Answer, type AnswerBlock, type StopReason, usageOf } from './answer.ts';
import { invalid } from './bedrock-error.ts';
import type { ConverseRequest, ToolSpec } from './converse-request.ts';
import { type Directives, lastUserText, readDirectives, withoutDirectives } from './directives.ts';
import { CHARACTERS_PER_TOKEN, estimateInputTokens, estimateTokens } from './estimate-tokens.ts';
import { generateJson } from './generate-json.ts';
import { knownAnswer } from './known-answer.ts';
import { digest, seededRandom } from './seeded-random.ts';

const CONTEXT_TOKENS = 1_000_000;
const USUAL_MAXIMUM_TOKENS = 64_000;

type Input = { modelId: string; request: ConverseRequest; seed: number };
type Draft = { question: string; words: string[]; key: string; random: () => number };

/** The answer of a simulated model: the same model, request and seed always give the same one. Throws ValidationException when the input is too long. */
export function simulateAnswer({ modelId, request, seed }: Input): Answer {
  const text = lastUserText(request);
  const directives = readDirectives(text);
  const inputTokens = estimateInputTokens(request);
  if (directives.tooLong || inputTokens > CONTEXT_TOKENS) throw invalid('Input is too long for requested model.');
  const key = digest(seed, modelId, request);
  const question = withoutDirectives(text) || toolResultText(request);
  const draft = { question, words: wordsOf(question), key, random: seededRandom(key) };
  const { blocks, stopReason, stopSequence } = fit(compose({ modelId, request, directives, draft }), request);
  return {
    blocks,
    stopReason: directives.stop ?? stopReason,
    ...(stopSequence === undefined ? {} : { stopSequence }),
    usage: usageOf(
      inputTokens,
      blocks.reduce((sum, block) => sum + blockTokens(block), 0),
    ),
  };
}

/** What the tools gave that the last message answers for: their text, and as JSON what is none. */
function toolResultText({ messages }: ConverseRequest): string {
  const results = messages.at(-1)?.content.flatMap(({ toolResult }) => toolResult?.content ?? []) ?? [];
  return results.flatMap(({ text, json }) => text ?? (json === undefined ? [] : JSON.stringify(json))).join('\n');
}

/** Output tokens of one block. */
function blockTokens(block: AnswerBlock): number {
  return block.kind === 'text' ? estimateTokens(block.text) : estimateTokens(block.name + JSON.stringify(block.input));
}

type Composed = { blocks: AnswerBlock[]; stopReason: StopReason; stopSequence?: string };

function compose({
  modelId,
  request,
  directives,
  draft,
}: {
  modelId: string;
  request: ConverseRequest;
  directives: Directives;
  draft: Draft;
}): Composed {
  if (directives.empty) return { blocks: [], stopReason: directives.stop ?? 'end_turn' };
  const tool = chooseTool(request, directives, draft);
  if (tool && !directives.stop) return { blocks: [callTool(tool, draft)], stopReason: 'tool_use' };
  const schema = request.outputConfig?.textFormat?.structure.jsonSchema.schema;
  const text = directives.tokens ? textOfTokens(directives.tokens, draft) : schema ? jsonText(schema, draft) : proseAnswer(modelId, draft);
  return { blocks: [{ kind: 'text', text }], stopReason: directives.stop ?? 'end_turn' };
}

function chooseTool({ toolConfig }: ConverseRequest, directives: Directives, { random }: Draft): ToolSpec | undefined {
  const specs = toolConfig?.tools.flatMap(({ toolSpec }) => (toolSpec ? [toolSpec] : [])) ?? [];
  const name = toolConfig?.toolChoice?.tool?.name ?? directives.tool;
  if (name !== undefined) {
    const found = specs.find((spec) => spec.name === name);
    if (!found) throw invalid(`[[tool:${name}]] names a tool that toolConfig.tools does not define.`);
    return found;
  }
  return toolConfig?.toolChoice?.any ? specs[Math.floor(random() * specs.length)] : undefined;
}

function callTool(spec: ToolSpec, { words, random, key }: Draft): AnswerBlock {
  const input = generateJson({ schema: { type: 'object', ...spec.inputSchema.json }, random, words });
  return { kind: 'tool-use', toolUseId: `tooluse_${key.slice(0, 22)}`, name: spec.name, input: input as Record<string, unknown> };
}

function jsonText(schema: string, { words, random }: Draft): string {
  return JSON.stringify(generateJson({ schema: JSON.parse(schema), random, words }));
}

function proseAnswer(modelId: string, { question, words, key }: Draft): string {
  const known = knownAnswer(question);
  if (known) return known;
  const start = question.length > 80 ? `${question.slice(0, 80)}…` : question;
  return `${modelId.split('/').at(-1)} read ${words.length} words: "${start}" and answers with digest ${key.slice(0, 12)}.`;
}

function textOfTokens(tokens: number, { words, random }: Draft): string {
  const length = tokens * CHARACTERS_PER_TOKEN;
  const pieces: string[] = [];
  for (let size = 0; size < length; size += (pieces.at(-1)?.length ?? 0) + 1)
    pieces.push(words[Math.floor(random() * words.length)] ?? 'signal');
  return cutText(pieces.join(' ').padEnd(length, '.'), tokens);
}

/** Cuts an answer where a stop sequence begins or where `maxTokens` end, whichever comes first. */
function fit(composed: Composed, { inferenceConfig = {} }: ConverseRequest): Composed {
  const { maxTokens = USUAL_MAXIMUM_TOKENS, stopSequences = [] } = inferenceConfig;
  const [block] = composed.blocks;
  if (!block) return composed;
  if (block.kind === 'tool-use') return blockTokens(block) > maxTokens ? cutToolUse(maxTokens) : composed;
  const stopSequence = stopSequences
    .filter((sequence) => block.text.includes(sequence))
    .sort((a, b) => block.text.indexOf(a) - block.text.indexOf(b))[0];
  const stopped = stopSequence === undefined ? block.text : block.text.slice(0, block.text.indexOf(stopSequence));
  if (estimateTokens(stopped) > maxTokens)
    return { blocks: [{ kind: 'text', text: cutText(stopped, maxTokens) }], stopReason: 'max_tokens' };
  if (stopSequence === undefined) return composed;
  return { blocks: stopped === '' ? [] : [{ kind: 'text', text: stopped }], stopReason: 'stop_sequence', stopSequence };
}

/** A call that does not fit is no call: half an input would be unusable, so the model is cut off while it still talks. */
function cutToolUse(maxTokens: number): Composed {
  return {
    blocks: [{ kind: 'text', text: cutText('I will call the tool for that now, with these values', maxTokens) }],
    stopReason: 'max_tokens',
  };
}

/** Never cuts a character that is written as two UTF-16 units in half. */
function cutText(text: string, tokens: number): string {
  const cut = text.slice(0, tokens * CHARACTERS_PER_TOKEN);
  return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}

function wordsOf(text: string): string[] {
  return [...new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu))].slice(0, 200);
}
