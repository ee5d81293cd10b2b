import type { Answer, AnswerBlock } from './answer.ts';
import { argumentText, Completion, callId, chatUsage, reasoningOf, stopReasonOf, type ToolCall, unreadable } from './chat-completion.ts';
import { estimateTokens } from './estimate-tokens.ts';
import { isRecord } from './strict-schema.ts';

/** A chat completion as an answer. Usage the server does not tell is estimated. */
export function chatAnswer(body: unknown, inputEstimate: number): Answer {
  const result = Completion.safeParse(body);
  const choice = result.success ? result.data.choices[0] : undefined;
  if (!result.success || !choice) throw unreadable(`its answer is no chat completion: ${JSON.stringify(body).slice(0, 200)}`);
  const text = choice.message.content ?? '';
  const calls = (choice.message.tool_calls ?? []).map(toolBlock);
  const blocks: AnswerBlock[] = [...(text === '' ? [] : [{ kind: 'text' as const, text }]), ...calls.filter((call) => call !== undefined)];
  const stopReason = calls.includes(undefined) ? 'malformed_tool_use' : stopReasonOf(choice.finish_reason, calls.length > 0);
  const reasoning = reasoningOf(choice.message);
  const said = reasoning + text + JSON.stringify(choice.message.tool_calls ?? '');
  return {
    ...(reasoning === '' ? {} : { reasoning }),
    blocks,
    stopReason,
    usage: chatUsage(result.data.usage, inputEstimate, estimateTokens(said)),
  };
}

function toolBlock(call: ToolCall, index: number): AnswerBlock | undefined {
  const input = parseArguments(argumentText(call));
  return input && { kind: 'tool-use', toolUseId: callId(call, index), name: call.function?.name ?? '', input };
}

function parseArguments(text: string): Record<string, unknown> | undefined {
  try {
    const input: unknown = JSON.parse(text === '' ? '{}' : text);
    return isRecord(input) ? input : undefined;
  } catch {
    return undefined;
  }
}
