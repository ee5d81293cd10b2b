import * as z from 'zod/mini';
import { InferenceId, Label, Labels, Requirements } from '../inference-request.ts';
import { JsonObject } from '../json.ts';

/** What OpenAI's shape has no field for; clients send it as extra body. */
export const SignalboxOptions = z.strictObject({
  /** What the target must be able to do; stands before any preference. */
  requirements: z.optional(Requirements),
  /** Requests with the same value prefer the same target. */
  sessionId: z.optional(InferenceId),
  /** Beside those of `metadata` and `user`; the same name must not have two values. At most 16 in all. */
  labels: z.optional(Labels),
  /** The whole call with every attempt, 1 to 900 seconds; the route's own limit where that is lower. */
  timeoutSeconds: z.optional(z.number().check(z.gte(1), z.lte(900))),
});
export type SignalboxOptions = z.infer<typeof SignalboxOptions>;

const textPart = z.strictObject({ type: z.literal('text'), text: z.string() });
const refusalPart = z.strictObject({ type: z.literal('refusal'), refusal: z.string() });
const imagePart = z.strictObject({
  type: z.literal('image_url'),
  image_url: z.strictObject({ url: z.string(), detail: z.nullish(z.literal('auto')) }),
});
const filePart = z.strictObject({
  type: z.literal('file'),
  file: z.strictObject({ file_data: z.string(), filename: z.nullish(z.string()) }),
});
const texts = z.union([z.string(), z.array(textPart).check(z.minLength(1))]);
const toolCall = z.strictObject({
  id: z.string().check(z.minLength(1), z.maxLength(64)),
  type: z.literal('function'),
  function: z.strictObject({
    name: z.string().check(z.regex(/^[a-zA-Z0-9_-]{1,64}$/)),
    arguments: z.string(),
    // What OpenAI's clients add to an answer, here and below, and leave in it when it is sent back.
    parsed_arguments: z.optional(z.unknown()),
  }),
  index: z.optional(z.int()),
});

const instruction = z.strictObject({ role: z.enum(['system', 'developer']), content: texts });
const userTurn = z.strictObject({
  role: z.literal('user'),
  content: z.union([
    z.string().check(z.minLength(1)),
    z.array(z.discriminatedUnion('type', [textPart, imagePart, filePart])).check(z.minLength(1)),
  ]),
});
const assistantTurn = z.strictObject({
  role: z.literal('assistant'),
  content: z.nullish(z.union([z.string(), z.array(z.discriminatedUnion('type', [textPart, refusalPart]))])),
  refusal: z.nullish(z.string()),
  tool_calls: z.nullish(z.array(toolCall)),
  reasoning_content: z.nullish(z.string()),
  // What an answer that is sent back as a turn may have, and what says nothing there.
  annotations: z.nullish(z.array(z.unknown()).check(z.maxLength(0))),
  audio: z.optional(z.null()),
  function_call: z.optional(z.null()),
  parsed: z.optional(z.unknown()),
});
const toolTurn = z.strictObject({ role: z.literal('tool'), tool_call_id: z.string(), name: z.optional(z.string()), content: texts });

const tool = z.strictObject({
  type: z.literal('function'),
  function: z.strictObject({
    name: z.string().check(z.regex(/^[a-zA-Z0-9_-]{1,64}$/)),
    description: z.nullish(z.string()),
    parameters: z.nullish(JsonObject),
    strict: z.nullish(z.boolean()),
  }),
});
const toolChoice = z.union([
  z.enum(['auto', 'none', 'required']),
  z.strictObject({ type: z.literal('function'), function: z.strictObject({ name: z.string() }) }),
]);
const responseFormat = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text') }),
  z.strictObject({
    type: z.literal('json_schema'),
    json_schema: z.strictObject({
      name: z.string().check(z.regex(/^[a-zA-Z0-9_-]{1,64}$/)),
      description: z.nullish(z.string()),
      schema: JsonObject,
      strict: z.nullish(z.boolean()),
    }),
  }),
]);
const stopSequence = z.string().check(z.minLength(1));
const noPenalty = z.nullish(z.literal(0));
const tokens = z.nullish(z.int().check(z.gte(1)));

/** The body of `POST /v1/chat/completions`: the part of OpenAI's request that every model here can be asked for. What is not in it is refused by name. */
export const ChatCompletionRequest = z.strictObject({
  /** A route, else a model, else a target. */
  model: z.string().check(z.minLength(1), z.maxLength(256)),
  /** Instructions, wherever they stand, go before the conversation. It begins with `user` and ends with `user` or `tool`. Images and files come as data URLs; images of an upload also as `s3://<bucket>/<key>`. */
  messages: z
    .array(z.discriminatedUnion('role', [instruction, userTurn, assistantTurn, toolTurn]))
    .check(z.minLength(1), z.maxLength(2000)),
  tools: z.nullish(z.array(tool)),
  /** `none` leaves the tools out, and is refused when the conversation has tool calls. */
  tool_choice: z.nullish(toolChoice),
  parallel_tool_calls: z.nullish(z.literal(true)),
  /** Of `json_schema` the schema is always kept to, `strict` or not. */
  response_format: z.nullish(responseFormat),
  stop: z.nullish(z.union([stopSequence, z.array(stopSequence).check(z.maxLength(4))])),
  /** 0 to 1. */
  temperature: z.nullish(z.number().check(z.gte(0), z.lte(1))),
  /** 0 to 1. */
  top_p: z.nullish(z.number().check(z.gte(0), z.lte(1))),
  /** The same as `max_completion_tokens`. */
  max_tokens: tokens,
  /** Tokens of output; the route's default if absent, and its cap where that is lower. */
  max_completion_tokens: tokens,
  /** Only targets that are known to have seeds are asked then. */
  seed: z.nullish(z.int()),
  reasoning_effort: z.nullish(z.enum(['low', 'medium', 'high'])),
  stream: z.nullish(z.boolean()),
  /** `include_usage` adds a last chunk with the usage. */
  stream_options: z.nullish(z.strictObject({ include_usage: z.nullish(z.boolean()), include_obfuscation: z.nullish(z.literal(false)) })),
  /** Labels of the request. */
  metadata: z.nullish(Labels),
  /** Becomes the label `user`. */
  user: z.nullish(Label),
  signalbox: z.nullish(SignalboxOptions),
  n: z.nullish(z.literal(1)),
  logprobs: z.nullish(z.literal(false)),
  top_logprobs: noPenalty,
  logit_bias: z.nullish(z.strictObject({})),
  frequency_penalty: noPenalty,
  presence_penalty: noPenalty,
  modalities: z.nullish(z.array(z.literal('text')).check(z.maxLength(1))),
  store: z.nullish(z.literal(false)),
  service_tier: z.nullish(z.enum(['auto', 'default'])),
  verbosity: z.nullish(z.literal('medium')),
  audio: z.optional(z.null()),
  prediction: z.optional(z.null()),
});
export type ChatCompletionRequest = z.infer<typeof ChatCompletionRequest>;
