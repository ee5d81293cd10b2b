import { CONTENT_FIELDS, InferenceContent, InferenceRequest } from './inference-request.ts';
import { describeIssues, formatPath, type Problem } from './problem.ts';
import { compareSchemaVersion, SCHEMA_VERSION } from './schema-version.ts';

/** Deeper JSON than this is refused before anything walks it. */
const MAX_DEPTH = 64;
/** The one key that can reach a prototype; every other unknown key is refused by name where the schema is closed. */
const FORBIDDEN_KEY = '__proto__';
const MAX_LABELS = 16;
/** Bedrock Converse takes at most this many of each in one request. */
const MAX_IMAGES = 20;
const MAX_DOCUMENTS = 5;

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
  const { value, notes } = relation === 'newer-minor' ? dropUnknown(body) : { value: body, notes: [] };
  const parsed = InferenceRequest.safeParse(value);
  if (!parsed.success) return { kind: 'invalid', problems: describeIssues(parsed.error.issues) };
  const problems = checkRequest(parsed.data);
  return problems.length > 0 ? { kind: 'invalid', problems } : { kind: 'valid', request: parsed.data, notes };
}

/** Joins a request with the content that its claim check pointed at; problems name fields of the content as `payload.<field>`. */
export function mergeContent(request: InferenceRequest, content: unknown): ParsedRequest {
  const shape = checkJsonShape(content);
  if (shape.length > 0) return { kind: 'invalid', problems: underPayload(shape) };
  const parsed = InferenceContent.safeParse(content);
  if (!parsed.success) return { kind: 'invalid', problems: underPayload(describeIssues(parsed.error.issues)) };
  const { payload: _read, ...rest } = request;
  const merged: InferenceRequest = { ...rest, ...parsed.data };
  const problems = checkContent(merged);
  return problems.length > 0 ? { kind: 'invalid', problems: underPayload(problems) } : { kind: 'valid', request: merged, notes: [] };
}

function checkRequest(request: InferenceRequest): Problem[] {
  const problems: Problem[] = [];
  if (request.labels && Object.keys(request.labels).length > MAX_LABELS) problems.push({ path: 'labels', message: `must have at most ${MAX_LABELS} members` });
  if (!request.payload) return [...problems, ...checkContent(request)];
  for (const field of CONTENT_FIELDS) {
    if (request[field] !== undefined) problems.push({ path: field, message: 'must stand in the payload, not beside it' });
  }
  return problems;
}

function checkContent(request: InferenceRequest): Problem[] {
  const operation = request.operation ?? 'chat';
  if (operation !== 'chat') {
    return request.input === undefined ? [{ path: 'input', message: `is required for operation "${operation}"` }] : [];
  }
  if (request.input !== undefined) return [{ path: 'input', message: 'is not read for operation "chat"; write messages' }];
  if (!request.messages) return [{ path: 'messages', message: 'is required for operation "chat" (or a payload that holds it)' }];
  const problems: Problem[] = [];
  if (request.messages[0]?.role !== 'user') problems.push({ path: 'messages[0].role', message: 'must be user: a conversation begins with the user' });
  if (request.messages.at(-1)?.role !== 'user') problems.push({ path: `messages[${request.messages.length - 1}].role`, message: 'must be user: the last message is the one to answer' });
  const blocks = request.messages.flatMap((message) => message.content);
  if (blocks.filter((block) => block.image).length > MAX_IMAGES) problems.push({ path: 'messages', message: `must hold at most ${MAX_IMAGES} images` });
  if (blocks.filter((block) => block.document).length > MAX_DOCUMENTS) problems.push({ path: 'messages', message: `must hold at most ${MAX_DOCUMENTS} documents` });
  return problems;
}

/** Finds what no schema looks at: keys that reach a prototype, and nesting that would exhaust the stack. */
function checkJsonShape(body: unknown): Problem[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return [{ path: '', message: 'must be a JSON object' }];
  const stack: { value: object; path: PropertyKey[] }[] = [{ value: body, path: [] }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    if (next.path.length > MAX_DEPTH) return [{ path: `${formatPath(next.path.slice(0, 3))}…`, message: `must not nest deeper than ${MAX_DEPTH} levels` }];
    for (const key of Object.keys(next.value)) {
      if (!Array.isArray(next.value) && key === FORBIDDEN_KEY) return [{ path: formatPath([...next.path, key]), message: 'is not allowed as a key' }];
      const value: unknown = (next.value as Record<string, unknown>)[key];
      if (typeof value === 'object' && value !== null) stack.push({ value, path: [...next.path, Array.isArray(next.value) ? Number(key) : key] });
    }
  }
  return [];
}

function dropUnknown(body: unknown): { value: unknown; notes: string[] } {
  const first = InferenceRequest.safeParse(body);
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
  return { value, notes };
}

function underPayload(problems: Problem[]): Problem[] {
  return problems.map(({ path, message }) => ({ path: path === '' ? 'payload' : `payload.${path}`, message }));
}
