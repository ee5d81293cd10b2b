import type { Answer, AnswerBlock } from './answer.ts';

/** The body of a Converse answer. */
export function converseReply(answer: Answer, latencyMs: number): Record<string, unknown> {
  return { ...novaReply(answer), metrics: { latencyMs } };
}

/** The body of Nova's InvokeModel answer, which is Converse's without metrics. */
export function novaReply({ reasoning, blocks, stopReason, usage }: Answer): Record<string, unknown> {
  const thoughts = reasoning === undefined ? [] : [{ reasoningContent: { reasoningText: { text: reasoning } } }];
  return { output: { message: { role: 'assistant', content: [...thoughts, ...blocks.map(contentBlock)] } }, stopReason, usage };
}

function contentBlock(block: AnswerBlock): Record<string, unknown> {
  if (block.kind === 'text') return { text: block.text };
  return { toolUse: { toolUseId: block.toolUseId, name: block.name, input: block.input } };
}
