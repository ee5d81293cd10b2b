import type { ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime';
import type { AnswerDelta } from '@signalbox/contracts';

/** The piece of the answer that an event brings; undefined for an event that brings none that a caller is told of. */
export function toDelta(event: ConverseStreamOutput): AnswerDelta | undefined {
  if (event.contentBlockStart) return startOf(event.contentBlockStart);
  if (!event.contentBlockDelta) return undefined;
  const { contentBlockIndex: index = 0, delta } = event.contentBlockDelta;
  if (delta?.text) return { kind: 'text', index, text: delta.text };
  if (delta?.reasoningContent?.text) return { kind: 'reasoning', index, text: delta.reasoningContent.text };
  if (delta?.toolUse?.input) return { kind: 'tool-input', index, json: delta.toolUse.input };
  return undefined;
}

function startOf({ contentBlockIndex: index = 0, start }: NonNullable<ConverseStreamOutput['contentBlockStart']>): AnswerDelta | undefined {
  if (start?.toolUse?.toolUseId === undefined || start.toolUse.name === undefined) return undefined;
  return { kind: 'tool-use', index, toolUseId: start.toolUse.toolUseId, name: start.toolUse.name };
}
