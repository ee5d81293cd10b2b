import {
  type ChatCompletionRequest,
  type ContentBlock,
  checkJsonShape,
  type Json,
  MAX_DOCUMENTS,
  MAX_IMAGES,
  type Message,
} from '@signalbox/contracts';
import { checkToolTurns } from './check-tool-turns.ts';
import type { ParameterProblems } from './parameter-problems.ts';
import { translateUserContent } from './translate-content.ts';

type Turn = ChatCompletionRequest['messages'][number];
type AssistantTurn = Extract<Turn, { role: 'assistant' }>;
type Conversation = { messages: Message[]; system: { text: string }[] };

/**
 * The conversation as Converse takes it: instructions stand apart, and turns of the same role are one. The reasoning of earlier turns is left
 * out: Converse takes it only with the model's signature, which OpenAI's shape does not have.
 */
export function translateMessages(turns: readonly Turn[], problems: ParameterProblems): Conversation {
  const conversation: Conversation = { messages: [], system: [] };
  const names = new Set<string>();
  for (const [index, turn] of turns.entries()) {
    const path = ['messages', index];
    if (turn.role === 'user') append(conversation, 'user', translateUserContent(turn, { path, problems, names }));
    else if (turn.role === 'assistant') append(conversation, 'assistant', translateAssistant(turn, path, problems));
    else if (turn.role === 'tool') append(conversation, 'user', [toToolResult(turn)]);
    else conversation.system.push(...textsOf(turn.content).map((text) => ({ text })));
  }
  checkToolTurns(turns, problems);
  checkConversation(turns, problems);
  checkCounts(conversation.messages, problems);
  return conversation;
}

function append({ messages }: Conversation, role: Message['role'], blocks: ContentBlock[]): void {
  const last = messages.at(-1);
  if (last?.role === role) last.content.push(...blocks);
  else messages.push({ role, content: blocks });
}

function translateAssistant(turn: AssistantTurn, path: readonly PropertyKey[], problems: ParameterProblems): ContentBlock[] {
  const { content, refusal, tool_calls } = turn;
  const said = typeof content === 'string' ? [content] : (content ?? []).map((part) => (part.type === 'text' ? part.text : part.refusal));
  const texts = [...said, refusal ?? ''].filter((text) => text !== '').map((text) => ({ text }));
  const calls = (tool_calls ?? []).map(({ id, function: { name, arguments: text } }, index) => ({
    toolUse: { toolUseId: id, name, input: readArguments(text, [...path, 'tool_calls', index, 'function', 'arguments'], problems) },
  }));
  if (texts.length + calls.length === 0) problems.invalid([...path, 'content'], 'must not be empty, unless there are tool_calls');
  return [...texts, ...calls];
}

/** The input of a tool call. A tool without parameters may have been called with no text at all. */
function readArguments(text: string, path: readonly PropertyKey[], problems: ParameterProblems): Json {
  if (text.trim() === '') return {};
  const input = parse(text);
  if (input !== undefined && checkJsonShape(input).length === 0) return input;
  problems.invalid(path, 'must be the text of a JSON object, as the model gave it');
  return {};
}

/** Undefined for a text that is not JSON; the parser's own message would quote it. */
function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function toToolResult({ tool_call_id, content }: Extract<Turn, { role: 'tool' }>): ContentBlock {
  const texts = typeof content === 'string' ? [content] : content.map(({ text }) => text);
  return { toolResult: { toolUseId: tool_call_id, content: texts.map((text) => ({ text })) } };
}

/** An instruction without text says nothing. */
function textsOf(content: Extract<Turn, { role: 'system' | 'developer' }>['content']): string[] {
  const texts = typeof content === 'string' ? [content] : content.map(({ text }) => text);
  return texts.filter((text) => text !== '');
}

function checkConversation(turns: readonly Turn[], problems: ParameterProblems): void {
  const isTurn = ({ role }: Turn) => role !== 'system' && role !== 'developer';
  const first = turns.findIndex(isTurn);
  const last = turns.findLastIndex(isTurn);
  if (first < 0) problems.invalid(['messages'], 'must have a message of role user: instructions alone ask for nothing');
  else if (turns[first]?.role === 'assistant')
    problems.invalid(['messages', first, 'role'], 'must be user: a conversation begins with the user');
  if (turns[last]?.role === 'assistant')
    problems.invalid(['messages', last, 'role'], 'must be user or tool: the last message is the one to answer');
}

function checkCounts(messages: readonly Message[], problems: ParameterProblems): void {
  const blocks = messages.flatMap(({ content }) => content);
  if (blocks.filter(({ image }) => image).length > MAX_IMAGES) problems.invalid(['messages'], `must hold at most ${MAX_IMAGES} images`);
  if (blocks.filter(({ document }) => document).length > MAX_DOCUMENTS)
    problems.invalid(['messages'], `must hold at most ${MAX_DOCUMENTS} files`);
}
