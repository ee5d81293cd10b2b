import type * as z from 'zod/mini';
import { checkJsonShape } from './check-json-shape.ts';
import { CONTENT_FIELDS, InferenceContent, InferenceRequest, MAX_LABELS } from './inference-request.ts';
import type { Message } from './message.ts';
import { describeIssues, formatPath, type Problem, shorten } from './problem.ts';
import { compareSchemaVersion, SCHEMA_VERSION } from './schema-version.ts';

/** Bedrock Converse takes at most this many of each in one request. */
export const MAX_IMAGES = 20;
export const MAX_DOCUMENTS = 5;

export type ParsedRequest =
  | { kind: 'valid'; request: InferenceRequest; notes: string[] }
  | { kind: 'invalid'; problems: Problem[] }
  | { kind: 'newer-major'; version: string };

/** Reads a request body (already JSON-parsed). Unknown fields are refused by name, unless the body declares a newer minor version: then they are dropped and noted. */
export function parseInferenceRequest(body: unknown): ParsedRequest {
  const shape = checkJsonShape(body);
  if (shape.length > 0) return { kind: 'invalid', problems: shape };
  const relation = compareSchemaVersion((body as { schemaVersion?: unknown }).schemaVersion);
  if (relation === 'newer-major') return { kind: 'newer-major', version: String((body as { schemaVersion: unknown }).schemaVersion) };
  if (relation === 'malformed' || relation === 'older-major') {
    return { kind: 'invalid', problems: [{ path: 'schemaVersion', message: `must be a supported version, "${SCHEMA_VERSION}"` }] };
  }
  const { value, notes } = relation === 'newer-minor' ? dropUnknown(InferenceRequest, body) : { value: body, notes: [] };
  const parsed = InferenceRequest.safeParse(value);
  if (!parsed.success) return { kind: 'invalid', problems: describeIssues(parsed.error.issues, value) };
  const problems = checkRequest(parsed.data);
  return problems.length > 0 ? { kind: 'invalid', problems } : { kind: 'valid', request: parsed.data, notes };
}

/** Joins a request with the content that its claim check pointed at; problems name fields of the content as `payload.<field>`. */
export function mergeContent(request: InferenceRequest, content: unknown): ParsedRequest {
  const shape = checkJsonShape(content);
  if (shape.length > 0) return { kind: 'invalid', problems: underPayload(shape) };
  const isNewer = compareSchemaVersion(request.schemaVersion) === 'newer-minor';
  const { value, notes } = isNewer ? dropUnknown(InferenceContent, content) : { value: content, notes: [] };
  const parsed = InferenceContent.safeParse(value);
  if (!parsed.success) return { kind: 'invalid', problems: underPayload(describeIssues(parsed.error.issues, value)) };
  const { payload: _read, ...rest } = request;
  const merged: InferenceRequest = { ...rest, ...parsed.data };
  const problems = checkContent(merged);
  return problems.length > 0
    ? { kind: 'invalid', problems: underPayload(problems) }
    : { kind: 'valid', request: merged, notes: notes.map((note) => `payload: ${note}`) };
}

function checkRequest(request: InferenceRequest): Problem[] {
  const problems: Problem[] = [];
  if (request.labels && Object.keys(request.labels).length > MAX_LABELS)
    problems.push({ path: 'labels', message: `must have at most ${MAX_LABELS} members` });
  if (!request.payload) return [...problems, ...checkContent(request)];
  for (const field of CONTENT_FIELDS) {
    if (request[field] !== undefined) problems.push({ path: field, message: 'must stand in the payload, not beside it' });
  }
  return problems;
}

function checkContent(request: InferenceRequest): Problem[] {
  const operation = request.operation ?? 'chat';
  if (operation !== 'chat') return checkInput(request, operation);
  if (request.input !== undefined) return [{ path: 'input', message: 'is not read for operation "chat"; write messages' }];
  if (!request.messages) return [{ path: 'messages', message: 'is required for operation "chat" (or a payload that holds it)' }];
  return checkConversation(request.messages);
}

function checkInput(request: InferenceRequest, operation: string): Problem[] {
  const problems: Problem[] = [];
  if (request.input === undefined) problems.push({ path: 'input', message: `is required for operation "${operation}"` });
  if (request.messages) problems.push({ path: 'messages', message: `is not read for operation "${operation}"; write input` });
  return problems;
}

function checkConversation(messages: Message[]): Problem[] {
  const problems: Problem[] = [];
  if (messages[0]?.role !== 'user')
    problems.push({ path: 'messages[0].role', message: 'must be user: a conversation begins with the user' });
  if (messages.at(-1)?.role !== 'user')
    problems.push({ path: `messages[${messages.length - 1}].role`, message: 'must be user: the last message is the one to answer' });
  const blocks = messages.flatMap((message) => message.content);
  if (blocks.filter((block) => block.image).length > MAX_IMAGES)
    problems.push({ path: 'messages', message: `must hold at most ${MAX_IMAGES} images` });
  if (blocks.filter((block) => block.document).length > MAX_DOCUMENTS)
    problems.push({ path: 'messages', message: `must hold at most ${MAX_DOCUMENTS} documents` });
  return problems;
}

/** A copy without the fields that this version does not know, at any depth of what the schema closes. */
function dropUnknown(schema: z.ZodMiniType, body: unknown): { value: unknown; notes: string[] } {
  const first = schema.safeParse(body);
  if (first.success) return { value: body, notes: [] };
  const value = structuredClone(body);
  const notes: string[] = [];
  for (const issue of first.error.issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    const parent = issue.path.reduce<unknown>((node, key) => (node as Record<PropertyKey, unknown>)[key], value) as Record<string, unknown>;
    for (const key of issue.keys) {
      delete parent[key];
      notes.push(`${formatPath([...issue.path, key])} is not known to this version and was ignored`);
    }
  }
  return { value, notes: shorten(notes, (count) => `${count} more unknown fields were ignored`) };
}

function underPayload(problems: Problem[]): Problem[] {
  return problems.map(({ path, message }) => ({
    path: path === '' || path.startsWith('[') ? `payload${path}` : `payload.${path}`,
    message,
  }));
}
