import { expect, it } from 'vitest';
import { mapValidationMessage } from './map-validation-message.ts';

it.each([
  'Input is too long for requested model.',
  'The model returned the following errors: Input is too long for requested model.',
  'The model returned the following errors: prompt is too long: 200049 tokens > 200000 maximum',
  'The model returned the following errors: input length and `max_tokens` exceed context limit: 199759 + 8192 > 200000, decrease input length or `max_tokens` and try again',
  '400 Bad Request: Too many input tokens. Max input tokens: 8192, request input token count: 9000',
  'too many total text bytes: 9000001 > 9000000',
  "This model's maximum context length is 8192 tokens. Please reduce the length of the prompt",
  'Input Tokens Exceeded: Number of input tokens exceeds maximum length. Please update the input to try again.',
  'The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).',
  'Your input exceeds the context window of this model.',
  "The prompt exceeds the model's maximum context length.",
  'Malformed input request: expected maxLength: 42000, actual: 46735, please reformat your input and try again.',
  'Malformed input request: #/texts/1: expected maxLength: 2048, actual: 2449, please reformat your input and try again.',
  'context_length_exceeded',
])('takes "%s" as too long', (message) => {
  expect(mapValidationMessage(message)).toBe('too-long');
});

it.each([
  'Invocation of model ID anthropic.claude-haiku-4-5-20251001-v1:0 with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.',
  "Invocation of model ID meta.llama3-3-70b-instruct-v1:0 with on-demand throughput isn't supported.",
  'The provided model identifier is invalid.',
  'The provided ARN is invalid for the service region.',
  "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
  'Operation not allowed',
  'Your account is not authorized to invoke this API operation.',
  'This model version has reached the end of its life. Please refer to the AWS documentation for more details.',
])('takes "%s" as a target that cannot be called', (message) => {
  expect(mapValidationMessage(message)).toBe('misconfigured');
});

it.each([
  'Output blocked by content filtering policy',
  'This request has been blocked by our content filters.',
  'One or more prompts contains filtered words.',
])('takes "%s" as refused content', (message) => {
  expect(mapValidationMessage(message)).toBe('refused');
});

it.each([
  'The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum tokens value that is lower than 4096.',
  'max_tokens: 8192 > 4096, which is the maximum allowed number of output tokens',
  'messages.0.content.1.image.source.base64: image exceeds 5 MB maximum: 6000000 bytes > 5242880 bytes',
  'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
  "This model doesn't support tool use in streaming mode.",
  'Malformed input request: #/toolConfig/tools/0/name: expected maxLength: 64, actual: 80',
  "1 validation error detected: Value at 'modelId' failed to satisfy constraint: Member must have length less than or equal to 2048",
  'The number of toolResult blocks exceeds the number of toolUse blocks of previous turn.',
  '',
])('takes "%s" as the caller’s', (message) => {
  expect(mapValidationMessage(message)).toBe('rejected');
});

it('does not read what a message quotes far behind its beginning', () => {
  expect(mapValidationMessage(`messages: roles must alternate, but got: ${'x'.repeat(1000)} input is too long`)).toBe('rejected');
});
