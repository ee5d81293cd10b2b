import type { ChatCompletionRequest, InferenceConfig, JsonObject, OutputConfig } from '@signalbox/contracts';
import type { ParameterProblems } from './parameter-problems.ts';
import { withoutIntegerBounds } from './without-integer-bounds.ts';

type Request = ChatCompletionRequest;

/** Length and sampling, in Converse's words. */
export function translateSampling(request: Request, problems: ParameterProblems): InferenceConfig {
  const { max_tokens, max_completion_tokens, temperature, top_p, stop } = request;
  if (max_tokens && max_completion_tokens && max_tokens !== max_completion_tokens)
    problems.invalid(['max_tokens'], 'must be absent beside max_completion_tokens, or the same: it is its older name');
  const maxTokens = max_completion_tokens ?? max_tokens ?? undefined;
  const stopSequences = typeof stop === 'string' ? [stop] : (stop ?? []);
  return {
    ...(maxTokens !== undefined && { maxTokens }),
    ...(typeof temperature === 'number' && { temperature }),
    ...(typeof top_p === 'number' && { topP: top_p }),
    ...(stopSequences.length > 0 && { stopSequences }),
  };
}

/** The form that the answer must have, and how hard the model should think; undefined when neither is asked. */
export function translateOutput({ response_format, reasoning_effort }: Request): OutputConfig | undefined {
  const output: OutputConfig = {
    ...(response_format?.type === 'json_schema' && { textFormat: toTextFormat(response_format.json_schema) }),
    ...(reasoning_effort && { effort: reasoning_effort }),
  };
  return Object.keys(output).length > 0 ? output : undefined;
}

/** What Converse has no field for. */
export function translateModelFields({ seed }: Request): JsonObject | undefined {
  return typeof seed === 'number' ? { seed } : undefined;
}

/** What a target must be known to do, because one that cannot may ignore it in silence. */
export function neededCapabilities({ seed, response_format, reasoning_effort }: Request): string[] {
  return [
    ...(typeof seed === 'number' ? ['seed'] : []),
    ...(response_format?.type === 'json_schema' ? ['structured-output'] : []),
    ...(reasoning_effort ? ['reasoning'] : []),
  ];
}

type Format = Extract<NonNullable<Request['response_format']>, { type: 'json_schema' }>['json_schema'];

function toTextFormat({ schema, name, description }: Format): NonNullable<OutputConfig['textFormat']> {
  const jsonSchema = { schema: JSON.stringify(withoutIntegerBounds(schema)), name, ...(description ? { description } : {}) };
  return { type: 'json_schema', structure: { jsonSchema } };
}
