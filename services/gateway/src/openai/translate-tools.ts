import type { ChatCompletionRequest, Message, ToolConfig } from '@signalbox/contracts';
import type { ParameterProblems } from './parameter-problems.ts';
import { withoutIntegerBounds } from './without-integer-bounds.ts';

type Tools = Pick<ChatCompletionRequest, 'tools' | 'tool_choice'>;
type Tool = NonNullable<ChatCompletionRequest['tools']>[number];
type Choice = NonNullable<ToolConfig['toolChoice']>;

/** The tools and which of them must be used; undefined when there are none. A conversation with tool calls needs them: Converse refuses it without. */
export function translateTools(
  { tools, tool_choice }: Tools,
  messages: readonly Message[],
  problems: ParameterProblems,
): ToolConfig | undefined {
  const offered = tools ?? [];
  const hasCalls = messages.some(({ content }) => content.some(({ toolUse, toolResult }) => toolUse || toolResult));
  checkNames(offered, problems);
  if (hasCalls && offered.length === 0) problems.invalid(['tools'], 'must list the tools, because the conversation has tool calls');
  if (hasCalls && tool_choice === 'none')
    problems.unsupported(
      ['tool_choice'],
      'must not be none: models here take a conversation with tool calls only with its tools; send auto',
    );
  checkChoice(tool_choice, offered, problems);
  if (offered.length === 0 || tool_choice === 'none') return undefined;
  const toolChoice = translateChoice(tool_choice);
  return { tools: offered.map(translateTool), ...(toolChoice && { toolChoice }) };
}

function translateTool({ function: { name, description, parameters, strict } }: Tool): ToolConfig['tools'][number] {
  const json = parameters ?? { type: 'object', properties: {} };
  return {
    toolSpec: {
      name,
      ...(description ? { description } : {}),
      inputSchema: { json: strict ? withoutIntegerBounds(json) : json },
      ...(typeof strict === 'boolean' ? { strict } : {}),
    },
  };
}

function translateChoice(choice: Tools['tool_choice']): Choice | undefined {
  if (choice === 'required') return { any: {} };
  if (choice === 'auto') return { auto: {} };
  return typeof choice === 'object' && choice !== null ? { tool: { name: choice.function.name } } : undefined;
}

function checkNames(tools: readonly Tool[], problems: ParameterProblems): void {
  const names = tools.map((tool) => tool.function.name);
  for (const [index, name] of names.entries())
    if (names.indexOf(name) < index)
      problems.invalid(['tools', index, 'function', 'name'], 'must be another than that of a tool before it');
}

function checkChoice(choice: Tools['tool_choice'], tools: readonly Tool[], problems: ParameterProblems): void {
  if (choice === 'required' && tools.length === 0) problems.invalid(['tool_choice'], 'must not be required without tools');
  if (typeof choice !== 'object' || choice === null) return;
  if (!tools.some((tool) => tool.function.name === choice.function.name))
    problems.invalid(['tool_choice', 'function', 'name'], 'must be the name of one of the tools');
}
