import type { ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime';
import { asList, asRecord, asText } from '../read-json.ts';
import { StreamContentError } from '../stream-blocks.ts';
import { mapFinishReason } from './map-finish-reason.ts';
import { mapOpenAiUsage } from './map-openai-usage.ts';
import { ToolCallBlocks } from './tool-call-blocks.ts';

/** The model said in words of its own that it will not answer. */
export class RefusalError extends Error {
  override name = 'RefusalError';
  /** The model's reason. */
  readonly reason: string;

  constructor(reason: string) {
    super('the model refused to answer');
    this.reason = reason;
  }
}

/** Where a translation stands: Converse numbers an answer's blocks, OpenAI only its tool calls. */
type Translation = {
  next: number;
  open?: { kind: 'text' | 'reasoning'; index: number } | undefined;
  tools: ToolCallBlocks;
  refusal: string;
};

/**
 * Translates the chunks of a chat completion, or one whole completion, into the events of ConverseStream. Throws
 * `RefusalError` at the end of an answer that is a refusal, and `StreamContentError` for a chunk that is none.
 */
export async function* chunkEvents(
  chunks: AsyncIterable<unknown> | Iterable<unknown>,
): AsyncGenerator<ConverseStreamOutput, void, undefined> {
  const translation: Translation = { next: 0, tools: new ToolCallBlocks(), refusal: '' };
  for await (const chunk of chunks) yield* translateChunk(translation, chunk);
  if (translation.refusal !== '') throw new RefusalError(translation.refusal);
}

function* translateChunk(translation: Translation, chunk: unknown): Generator<ConverseStreamOutput> {
  const { choices, usage } = asRecord(chunk);
  if (!Array.isArray(choices) && usage === undefined) throw new StreamContentError('a chunk has neither choices nor usage');
  // With `n` above 1 the others are other answers.
  const choice = asList(choices)
    .map(asRecord)
    .find(({ index }) => index === undefined || index === null || index === 0);
  if (choice) yield* translateChoice(translation, choice);
  const counted = mapOpenAiUsage(usage);
  if (counted) {
    const { cacheReadTokens, ...tokens } = counted;
    const totalTokens = tokens.inputTokens + tokens.outputTokens;
    const cached = cacheReadTokens === undefined ? {} : { cacheReadInputTokens: cacheReadTokens };
    yield { metadata: { usage: { ...tokens, totalTokens, ...cached }, metrics: undefined } };
  }
}

function* translateChoice(translation: Translation, choice: Record<string, unknown>): Generator<ConverseStreamOutput> {
  // A whole completion has a message where a chunk has a delta, of the same fields.
  const delta = asRecord(choice.delta ?? choice.message);
  if (delta.role !== undefined) yield { messageStart: { role: 'assistant' } };
  const reasoning = asText(delta.reasoning_content) ?? asText(delta.reasoning);
  if (reasoning) yield textEvent(translation, 'reasoning', reasoning);
  const text = contentText(delta.content);
  if (text) yield textEvent(translation, 'text', text);
  for (const event of translation.tools.add(asList(delta.tool_calls), () => nextBlock(translation))) yield event;
  translation.refusal += asText(delta.refusal) ?? '';
  const reason = asText(choice.finish_reason);
  const hasTools = translation.tools.count() > 0;
  const stopReason = reason && mapFinishReason({ reason, stoppedBy: choice.stop_reason, hasTools });
  // A refusal waits for the usage that may follow; what broke off has no end at all.
  if (stopReason && translation.refusal === '') yield { messageStop: { stopReason: stopReason as 'end_turn' } };
}

/** Continues the block that is open, or opens the next one. */
function textEvent(translation: Translation, kind: 'text' | 'reasoning', text: string): ConverseStreamOutput {
  if (translation.open?.kind !== kind) translation.open = { kind, index: nextBlock(translation) };
  const { index } = translation.open ?? { index: 0 };
  return { contentBlockDelta: { contentBlockIndex: index, delta: kind === 'text' ? { text } : { reasoningContent: { text } } } };
}

function nextBlock(translation: Translation): number {
  translation.open = undefined;
  return translation.next++;
}

/** A text, or a list of parts with one each. */
function contentText(content: unknown): string | undefined {
  if (!Array.isArray(content)) return asText(content);
  return content.map((part) => asText(asRecord(part).text) ?? '').join('');
}
