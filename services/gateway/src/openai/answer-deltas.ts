import { type AnswerDelta, ChatAnswer, type Json } from '@signalbox/contracts';
import { ContractError } from '@signalbox/runtime/errors';

type Block = ChatAnswer['message']['content'][number];

/** A whole answer, `{ message: { role, content[] } }`, as the pieces that a stream of it would have had. Throws ContractError when it is no such answer. */
export function answerDeltas(output: Json): AnswerDelta[] {
  const answer = ChatAnswer.safeParse(output);
  if (!answer.success) {
    const [issue] = answer.error.issues;
    throw new ContractError({ message: `The answer is no message in Converse form: ${issue?.path.join('.')} is not what it must be.` });
  }
  return answer.data.message.content.flatMap(blockDeltas);
}

function blockDeltas({ text, citationsContent, reasoningContent, toolUse }: Block, index: number): AnswerDelta[] {
  if (text !== undefined) return [{ kind: 'text', index, text }];
  if (citationsContent) return (citationsContent.content ?? []).map((cited) => ({ kind: 'text', index, text: cited.text ?? '' }));
  if (reasoningContent?.reasoningText) return [{ kind: 'reasoning', index, text: reasoningContent.reasoningText.text }];
  if (!toolUse) return [];
  const { toolUseId, name, input } = toolUse;
  return [
    { kind: 'tool-use', index, toolUseId, name },
    { kind: 'tool-input', index, json: JSON.stringify(input) },
  ];
}
