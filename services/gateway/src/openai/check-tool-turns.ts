import type { ChatCompletionRequest } from '@signalbox/contracts';
import type { ParameterProblems } from './parameter-problems.ts';

type Turn = ChatCompletionRequest['messages'][number];
/** Calls of the last assistant message that have no result yet, with the name of each by its id. */
type Open = { at: number; names: Map<string, string> };

/** Every tool call must have its result before the conversation goes on, and every result its call; models refuse anything else. */
export function checkToolTurns(turns: readonly Turn[], problems: ParameterProblems): void {
  let open: Open = { at: 0, names: new Map() };
  for (const [index, turn] of turns.entries()) {
    if (turn.role === 'tool') answer(open, turn, index, problems);
    else if (turn.role === 'user' || turn.role === 'assistant') {
      refuseOpen(open, problems);
      open = { at: index, names: turn.role === 'assistant' ? namesOf(turn, index, problems) : new Map() };
    }
  }
  refuseOpen(open, problems);
}

function namesOf({ tool_calls }: Extract<Turn, { role: 'assistant' }>, index: number, problems: ParameterProblems): Map<string, string> {
  const names = new Map<string, string>();
  for (const [call, { id, function: called }] of (tool_calls ?? []).entries()) {
    if (names.has(id)) problems.invalid(['messages', index, 'tool_calls', call, 'id'], 'must be another than that of a call beside it');
    names.set(id, called.name);
  }
  return names;
}

function answer({ names }: Open, turn: Extract<Turn, { role: 'tool' }>, index: number, problems: ParameterProblems): void {
  const called = names.get(turn.tool_call_id);
  if (called === undefined)
    problems.invalid(
      ['messages', index, 'tool_call_id'],
      'must be the id of a tool call of the assistant message before it, each answered once',
    );
  else if (turn.name !== undefined && turn.name !== called)
    problems.invalid(['messages', index, 'name'], 'must be the name of the tool that was called, or absent');
  names.delete(turn.tool_call_id);
}

function refuseOpen({ at, names }: Open, problems: ParameterProblems): void {
  if (names.size > 0)
    problems.invalid(['messages', at, 'tool_calls'], 'must each be followed by a message of role tool with the result, before any other');
}
