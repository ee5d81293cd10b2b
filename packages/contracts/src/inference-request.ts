import * as z from 'zod/mini';
import { Json, JsonObject } from './json.ts';
import { InferenceConfig, Message, OutputConfig, SystemBlock, ToolConfig } from './message.ts';

/** Largest body that may stand on the queue itself, in bytes of UTF-8; above it the content goes to S3 by claim check. */
export const MAX_INLINE_BYTES = 256 * 1024;
/** Largest content behind a claim check, in bytes. */
export const MAX_PAYLOAD_BYTES = 20 * 1024 * 1024;
/** Without a deadline a request waits this long. */
export const DEFAULT_DEADLINE_MS = 24 * 60 * 60 * 1000;
/** The furthest deadline: under the queue's retention of 14 days. */
export const MAX_DEADLINE_MS = 12 * 24 * 60 * 60 * 1000;
/** The tenant of a request that names none. */
export const DEFAULT_TENANT = 'default';

/** An idempotency key: safe in a URL, a key and a log. */
export const InferenceId = z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._:@+-]{0,127}$/));
const name = z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,62}$/));
const tenant = z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,62}$/));

/** A request has at most this many labels. */
export const MAX_LABELS = 16;
/** What a label says. */
export const Label = z.string().check(z.minLength(1), z.maxLength(128));
/** Labels by name: what lists, events and bills can be sorted by. */
export const Labels = z.record(z.string().check(z.regex(/^[a-zA-Z0-9_.-]{1,64}$/)), Label);

/** Three queues, three sets of time limits. */
export const Priority = z.enum(['interactive', 'standard', 'bulk']);
export type Priority = z.infer<typeof Priority>;

/** What the target must be able to do; stands before any preference. */
export const Requirements = z.strictObject({
  capabilities: z.optional(z.array(name)),
  inputModalities: z.optional(z.array(z.enum(['text', 'image', 'document', 'video', 'audio']))),
  /** BCP 47 tags. */
  languages: z.optional(z.array(z.string().check(z.minLength(2), z.maxLength(35)))),
  minContextTokens: z.optional(z.int().check(z.gte(1))),
  /** US dollars for the whole request. */
  maxCostUsd: z.optional(z.number().check(z.gt(0))),
  minQuality: z.optional(z.number().check(z.gte(0), z.lte(1))),
  /** Regions where the content may be processed. */
  regions: z.optional(z.array(z.string().check(z.regex(/^[a-z]{2}(-[a-z]+)+-\d$/)))),
  /** `never`: rather wait than be answered by a fallback of a lower class. */
  degrade: z.optional(z.enum(['allowed', 'never'])),
});
export type Requirements = z.infer<typeof Requirements>;

/** Points at content in S3: a JSON object with any of the content fields, under `payloads/<tenant>/`. */
export const ClaimCheck = z.strictObject({
  key: z.string().check(z.minLength(1), z.maxLength(1024)),
  /** Absent: the installation's own bucket, the only one that is read. */
  bucket: z.optional(z.string()),
  /** Hex SHA-256 of the object's bytes. */
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
});
export type ClaimCheck = z.infer<typeof ClaimCheck>;

const contentFields = {
  messages: z.optional(z.array(Message).check(z.minLength(1), z.maxLength(2000))),
  /** For operations other than chat: a text or several. */
  input: z.optional(Json),
  system: z.optional(z.array(SystemBlock)),
  toolConfig: z.optional(ToolConfig),
  outputConfig: z.optional(OutputConfig),
  additionalModelRequestFields: z.optional(JsonObject),
};

/** What a claim check may hold: the fields of a request that carry content. */
export const InferenceContent = z.strictObject(contentFields);
export type InferenceContent = z.infer<typeof InferenceContent>;
export const CONTENT_FIELDS = Object.keys(contentFields) as readonly (keyof InferenceContent)[];

/** A request for one answer: the SQS body, and the body of `POST /v1/inferences`. */
export const InferenceRequest = z.strictObject({
  /** `major.minor` of this contract; this build writes "1.0". */
  schemaVersion: z.string(),
  /** Idempotency key within the tenant; the SQS message id if absent. */
  id: z.optional(InferenceId),
  /** The route to ask; `default` if absent. */
  route: z.optional(name),
  operation: z.optional(z.enum(['chat', 'embed', 'image', 'video'])),
  ...contentFields,
  inferenceConfig: z.optional(InferenceConfig),
  requirements: z.optional(Requirements),
  /** ISO 8601 with offset; after it the request ends as `expired`. Default 24 hours from receipt, at most 12 days. */
  deadline: z.optional(z.iso.datetime({ offset: true })),
  /** The queue it stands on wins. */
  priority: z.optional(Priority),
  /** Who pays. Read on the queue only, whose send rights are the platform's. */
  tenant: z.optional(tenant),
  /** Requests with the same value prefer the same target. */
  sessionId: z.optional(InferenceId),
  labels: z.optional(Labels),
  /** W3C trace context. */
  traceparent: z.optional(z.string().check(z.regex(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/))),
  /** Send the result to a queue that the policy names under `replyQueues`. */
  reply: z.optional(z.strictObject({ queue: name })),
  payload: z.optional(ClaimCheck),
});
export type InferenceRequest = z.infer<typeof InferenceRequest>;
