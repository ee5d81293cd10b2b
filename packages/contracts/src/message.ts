import * as z from 'zod/mini';
import { Json, JsonObject } from './json.ts';

/** Base64 of the bytes of an image, document or video. URLs are not accepted: nothing here fetches what a caller names. */
const Media = z.strictObject({ bytes: z.string().check(z.minLength(1), z.regex(/^[A-Za-z0-9+/]+={0,2}$/)) });

const toolName = z.string().check(z.regex(/^[a-zA-Z0-9_-]{1,64}$/));
const ToolResultContent = z.strictObject({ text: z.optional(z.string()), json: z.optional(Json) }).check(exactlyOne());

/** One block of a message, in the shape of Bedrock Converse: an object with exactly one member. */
export const ContentBlock = z
  .strictObject({
    text: z.optional(z.string().check(z.minLength(1))),
    image: z.optional(z.strictObject({ format: z.enum(['png', 'jpeg', 'gif', 'webp']), source: Media })),
    document: z.optional(
      z.strictObject({
        format: z.enum(['csv', 'doc', 'docx', 'html', 'md', 'pdf', 'txt', 'xls', 'xlsx']),
        name: z.string().check(z.regex(/^[a-zA-Z0-9()[\] -]{1,200}$/)),
        source: Media,
      }),
    ),
    video: z.optional(
      z.strictObject({ format: z.enum(['flv', 'mkv', 'mov', 'mp4', 'mpeg', 'mpg', 'three_gp', 'webm', 'wmv']), source: Media }),
    ),
    toolUse: z.optional(z.strictObject({ toolUseId: z.string().check(z.minLength(1), z.maxLength(64)), name: toolName, input: Json })),
    toolResult: z.optional(
      z.strictObject({
        toolUseId: z.string().check(z.minLength(1), z.maxLength(64)),
        content: z.array(ToolResultContent).check(z.minLength(1)),
        status: z.optional(z.enum(['success', 'error'])),
      }),
    ),
    reasoningContent: z.optional(
      z
        .strictObject({
          reasoningText: z.optional(z.strictObject({ text: z.string(), signature: z.optional(z.string()) })),
          redactedContent: z.optional(z.string()),
        })
        .check(exactlyOne()),
    ),
    cachePoint: z.optional(z.strictObject({ type: z.literal('default'), ttl: z.optional(z.enum(['5m', '1h'])) })),
  })
  .check(exactlyOne());
export type ContentBlock = z.infer<typeof ContentBlock>;

/** One turn of the conversation. */
export const Message = z.strictObject({
  role: z.enum(['user', 'assistant']),
  content: z.array(ContentBlock).check(z.minLength(1)),
});
export type Message = z.infer<typeof Message>;

/** Instructions that stand above the conversation. */
export const SystemBlock = z
  .strictObject({
    text: z.optional(z.string().check(z.minLength(1))),
    cachePoint: z.optional(z.strictObject({ type: z.literal('default'), ttl: z.optional(z.enum(['5m', '1h'])) })),
  })
  .check(exactlyOne());
export type SystemBlock = z.infer<typeof SystemBlock>;

/** Sampling and length. `maxTokens` absent means the route's default; above the route's cap it is lowered to it. */
export const InferenceConfig = z.strictObject({
  /** Tokens of output, 1 or more. */
  maxTokens: z.optional(z.int().check(z.gte(1))),
  /** 0 to 1. */
  temperature: z.optional(z.number().check(z.gte(0), z.lte(1))),
  /** 0 to 1. */
  topP: z.optional(z.number().check(z.gte(0), z.lte(1))),
  stopSequences: z.optional(z.array(z.string().check(z.minLength(1))).check(z.maxLength(4))),
});
export type InferenceConfig = z.infer<typeof InferenceConfig>;

/** The tools the model may ask for. */
export const ToolConfig = z.strictObject({
  tools: z
    .array(
      z.strictObject({
        toolSpec: z.strictObject({
          name: toolName,
          description: z.optional(z.string()),
          inputSchema: z.strictObject({ json: JsonObject }),
          strict: z.optional(z.boolean()),
        }),
      }),
    )
    .check(z.minLength(1)),
  toolChoice: z.optional(
    z
      .strictObject({
        auto: z.optional(z.strictObject({})),
        any: z.optional(z.strictObject({})),
        tool: z.optional(z.strictObject({ name: toolName })),
      })
      .check(exactlyOne()),
  ),
});
export type ToolConfig = z.infer<typeof ToolConfig>;

/** The form the answer must have. */
export const OutputConfig = z.strictObject({
  textFormat: z.optional(
    z.strictObject({
      type: z.literal('json_schema'),
      structure: z.strictObject({
        jsonSchema: z.strictObject({ schema: z.string(), name: z.optional(z.string()), description: z.optional(z.string()) }),
      }),
    }),
  ),
  effort: z.optional(z.enum(['low', 'medium', 'high', 'xhigh', 'max'])),
});
export type OutputConfig = z.infer<typeof OutputConfig>;

/** A union in the shape Bedrock uses: the object's single member tells its kind. */
function exactlyOne<T extends object>() {
  return z.refine<T>((value) => Object.values(value).filter((member) => member !== undefined).length === 1, {
    message: 'must have exactly one member',
    // Read by the generator, which writes it into the JSON Schema.
    params: { isUnion: true },
  });
}
