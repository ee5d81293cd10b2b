import * as z from 'zod/mini';
import { Json } from './json.ts';

/** What a model said, as far as it can be shown as text, reasoning and tool calls; blocks of other kinds pass as blocks without a member. */
export const ChatAnswer = z.object({
  message: z.object({
    content: z.array(
      z.object({
        text: z.optional(z.string()),
        citationsContent: z.optional(z.object({ content: z.optional(z.array(z.object({ text: z.optional(z.string()) }))) })),
        reasoningContent: z.optional(z.object({ reasoningText: z.optional(z.object({ text: z.string() })) })),
        toolUse: z.optional(z.object({ toolUseId: z.string(), name: z.string(), input: Json })),
      }),
    ),
  }),
});
export type ChatAnswer = z.infer<typeof ChatAnswer>;
