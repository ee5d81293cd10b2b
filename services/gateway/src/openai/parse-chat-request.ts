import { ChatCompletionRequest, type InferenceConfig, type InferenceContent, type Requirements } from '@signalbox/contracts';
import { collectLabels } from './collect-labels.ts';
import { INVALID_CHAT, UNSUPPORTED_CHAT } from './parameter-advice.ts';
import { createProblems, type ParameterProblems, refuseIfAny } from './parameter-problems.ts';
import { readOptions } from './read-options.ts';
import { readShape } from './read-shape.ts';
import { translateMessages } from './translate-messages.ts';
import { neededCapabilities, translateModelFields, translateOutput, translateSampling } from './translate-sampling.ts';
import { translateTools } from './translate-tools.ts';

/** What a chat completion asks, in our own words. */
export type ChatRequest = {
  /** A route, else a model, else a target. */
  model: string;
  content: InferenceContent;
  inferenceConfig: InferenceConfig;
  isStreamed: boolean;
  /** True when a streamed answer is to end with its usage. */
  includeUsage: boolean;
  labels?: Record<string, string>;
  sessionId?: string;
  requirements?: Requirements;
  /** The whole call, milliseconds. */
  timeoutMs?: number;
  /** What a target must be known to do, beside `requirements`. */
  neededCapabilities: string[];
};

/**
 * Reads the body of a chat completion. What is not translated either states the default or is refused by name: throws HttpError 400,
 * `unsupported_parameter` or `invalid_request`, whose message tells every problem and quotes no value.
 */
export function parseChatRequest(body: unknown): ChatRequest {
  const request = readShape(ChatCompletionRequest, body, { unsupported: UNSUPPORTED_CHAT, invalid: INVALID_CHAT });
  const problems = createProblems();
  checkStreamOptions(request, problems);
  const content = translateContent(request, problems);
  const inferenceConfig = translateSampling(request, problems);
  const labels = collectLabels(request, problems);
  refuseIfAny(problems);
  return {
    model: request.model,
    content,
    inferenceConfig,
    isStreamed: request.stream ?? false,
    includeUsage: request.stream_options?.include_usage ?? false,
    ...(labels && { labels }),
    ...readOptions(request.signalbox),
    neededCapabilities: neededCapabilities(request),
  };
}

function translateContent(request: ChatCompletionRequest, problems: ParameterProblems): InferenceContent {
  const { messages, system } = translateMessages(request.messages, problems);
  const toolConfig = translateTools(request, messages, problems);
  const outputConfig = translateOutput(request);
  const additionalModelRequestFields = translateModelFields(request);
  return {
    messages,
    ...(system.length > 0 && { system }),
    ...(toolConfig && { toolConfig }),
    ...(outputConfig && { outputConfig }),
    ...(additionalModelRequestFields && { additionalModelRequestFields }),
  };
}

function checkStreamOptions({ stream, stream_options }: ChatCompletionRequest, problems: ParameterProblems): void {
  if (stream_options && !stream) problems.invalid(['stream_options'], 'must be absent unless stream is true');
}
