import * as z from 'zod/mini';
import { invalid } from './bedrock-error.ts';
import { describeIssue } from './describe-issue.ts';

const Source = z.object({ bytes: z.optional(z.string().check(z.minLength(1))), s3Location: z.optional(z.object({ uri: z.string() })) });
const anything = z.optional(z.unknown());
const toolName = z.string().check(z.regex(/^[a-zA-Z0-9_-]{1,64}$/, 'Member must satisfy regular expression pattern: [a-zA-Z0-9_-]{1,64}'));

const ToolResultContent = z.object({
  text: z.optional(z.string()),
  json: anything,
  image: anything,
  document: anything,
  video: anything,
  searchResult: anything,
});

const ContentBlock = z
  .object({
    text: z.optional(z.string()),
    image: z.optional(z.object({ format: z.enum(['png', 'jpeg', 'gif', 'webp']), source: Source })),
    document: z.optional(
      z.object({ name: z.string(), format: z.optional(z.string()), source: z.looseObject({ bytes: z.optional(z.string()) }) }),
    ),
    video: z.optional(z.object({ format: z.string(), source: Source })),
    audio: anything,
    toolUse: z.optional(z.object({ toolUseId: z.string().check(z.minLength(1), z.maxLength(64)), name: toolName, input: z.unknown() })),
    toolResult: z.optional(
      z.object({
        toolUseId: z.string().check(z.minLength(1), z.maxLength(64)),
        content: z.array(ToolResultContent),
        status: z.optional(z.string()),
      }),
    ),
    guardContent: anything,
    cachePoint: anything,
    reasoningContent: anything,
    citationsContent: anything,
    searchResult: anything,
    toolAddition: anything,
    toolRemoval: anything,
  })
  .check(exactlyOne('a content block'));
export type ContentBlock = z.infer<typeof ContentBlock>;

const Message = z.object({ role: z.enum(['user', 'assistant', 'system']), content: z.array(ContentBlock) });
export type Message = z.infer<typeof Message>;

const ToolSpec = z.object({
  name: toolName,
  description: z.optional(z.string()),
  inputSchema: z.object({ json: z.record(z.string(), z.unknown()) }),
  strict: z.optional(z.boolean()),
});
export type ToolSpec = z.infer<typeof ToolSpec>;

const ToolConfig = z.object({
  tools: z
    .array(z.object({ toolSpec: z.optional(ToolSpec), systemTool: anything, cachePoint: anything }).check(exactlyOne('a tool')))
    .check(z.minLength(1)),
  toolChoice: z.optional(
    z.object({ auto: anything, any: anything, tool: z.optional(z.object({ name: toolName })) }).check(exactlyOne('toolChoice')),
  ),
});

const OutputConfig = z.object({
  textFormat: z.optional(
    z.object({
      type: z.literal('json_schema'),
      structure: z.object({
        jsonSchema: z.object({ schema: z.string(), name: z.optional(z.string()), description: z.optional(z.string()) }),
      }),
    }),
  ),
  effort: z.optional(z.enum(['low', 'medium', 'high', 'xhigh', 'max'])),
});

/** The body of Converse and ConverseStream as it arrives: bytes are base64. Members that change nothing here pass unread. */
const ConverseRequest = z.object({
  messages: z.array(Message).check(z.minLength(1)),
  system: z.optional(z.array(z.object({ text: z.optional(z.string()), guardContent: anything, cachePoint: anything }))),
  inferenceConfig: z.optional(
    z.object({
      maxTokens: z.optional(z.int().check(z.gte(1))),
      temperature: z.optional(z.number().check(z.gte(0), z.lte(1))),
      topP: z.optional(z.number().check(z.gte(0), z.lte(1))),
      stopSequences: z.optional(z.array(z.string().check(z.minLength(1))).check(z.maxLength(4))),
    }),
  ),
  toolConfig: z.optional(ToolConfig),
  outputConfig: z.optional(OutputConfig),
  additionalModelRequestFields: z.optional(z.record(z.string(), z.unknown())),
  requestMetadata: z.optional(z.record(z.string(), z.string())),
});
export type ConverseRequest = z.infer<typeof ConverseRequest>;

/** Reads a Converse body; a violation is a ValidationException worded as AWS words it. */
export function parseConverseRequest(body: unknown): ConverseRequest {
  const result = ConverseRequest.safeParse(body, { reportInput: true });
  if (result.success) return result.data;
  const problems = result.error.issues
    .map(describeIssue)
    .map(({ path, constraint }) => `Value at '${path || 'body'}' failed to satisfy constraint: ${constraint}`);
  throw invalid(`${problems.length} validation error${problems.length > 1 ? 's' : ''} detected: ${problems.join('; ')}`);
}

/** A Smithy union: the object's one member tells its kind. */
function exactlyOne<T extends object>(what: string) {
  return z.refine<T>((value) => Object.values(value).filter((member) => member !== undefined).length === 1, {
    message: `${what} must have exactly one known member`,
  });
}
