import {
  InferenceId,
  type InferenceRequest,
  type Priority,
  type Problem,
  parseInferenceRequest,
  type RoutingTable,
} from '@signalbox/contracts';
import { checkRequest } from '@signalbox/routing';
import { type Edit, editBody } from './edit-body.ts';
import { type KeptMessage, parseBody } from './kept-message.ts';

/** A message as it will be sent again, or what is wrong with it still. */
export type Redrive =
  | { kind: 'ready'; request: InferenceRequest & { id: string }; priority: Priority }
  | { kind: 'broken'; problems: readonly Problem[] };

export type RedriveRules = {
  edits: readonly Edit[];
  /** Each gets an id of its own, whatever its old one is. */
  hasNewId: boolean;
  /** Absent: routes are not checked. */
  table: RoutingTable | undefined;
  now: number;
};

const SUFFIX = /\.redrive-[A-Za-z0-9-]{1,8}$/;
const MAX_ID_CHARACTERS = 128;

/** Makes the changes, and holds the request against the contract, its deadline, and the routing table, as the worker will. */
export function prepareRedrive(message: KeptMessage, { edits, hasNewId, table, now }: RedriveRules): Redrive {
  const body = parseBody(message.body);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return broken('', 'is not a JSON object; send it anew');
  const edited = editBody(body, edits);
  if (edited.kind === 'no-place') return broken(edited.path, 'leads through something that has no such fields');
  const parsed = parseInferenceRequest(edited.body);
  if (parsed.kind === 'newer-major') return broken('schemaVersion', `"${parsed.version}" is newer than this command knows; update it`);
  if (parsed.kind === 'invalid') return { kind: 'broken', problems: parsed.problems };
  const { request } = parsed;
  if (request.deadline !== undefined && Date.parse(request.deadline) <= now)
    return broken('deadline', 'has passed; --set a later one, or --unset it');
  const mismatch = table && checkRequest(request, table);
  if (mismatch) return broken(mismatch.path, mismatch.message);
  const isIdGiven = edits.some((edit) => edit.text === 'id' && 'value' in edit);
  const own = request.id ?? message.origin;
  const id = hasNewId || (isTaken(message) && !isIdGiven) ? newIdOf(own, message.origin) : own;
  if (!InferenceId.safeParse(id).success) return broken('id', 'is missing, and the message has none that can stand for it; --set one');
  return { kind: 'ready', request: { ...request, id }, priority: priorityOf(message, request, edits) };
}

/**
 * The same for the same message however often it is made, so that a redrive cut off between its send and its delete, run again, is
 * the same inference; and another for another message of the same id.
 */
export function newIdOf(id: string, origin: string): string {
  const suffix = `.redrive-${origin.replace(/[^A-Za-z0-9-]/g, '').slice(0, 8)}`;
  return `${id.replace(SUFFIX, '').slice(0, MAX_ID_CHARACTERS - suffix.length)}${suffix}`;
}

/** A dead letter's id has its terminal record, and one that was reused belongs to another; a rejected one was never taken. */
function isTaken({ reason }: KeptMessage): boolean {
  return reason === 'dead-lettered' || reason === 'id-reused';
}

function priorityOf(message: KeptMessage, request: InferenceRequest, edits: readonly Edit[]): Priority {
  const isSet = edits.some((edit) => edit.text === 'priority');
  return (isSet ? request.priority : (message.priority ?? request.priority)) ?? 'standard';
}

function broken(path: string, message: string): Redrive {
  return { kind: 'broken', problems: [{ path, message }] };
}
