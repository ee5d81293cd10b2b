import { InferenceId, InferenceStatus, MAX_LISTED_INFERENCES } from '@signalbox/contracts';
import type { HttpRequest } from '@signalbox/runtime';
import { HttpError } from '@signalbox/runtime/errors';

/** What a list is asked for. A query without `limit` and `cursor` is the same list wherever it is read. */
export type ListQuery = {
  label?: { name: string; value: string };
  status?: ShownStatus;
  batch?: string;
  limit: number;
  cursor?: string;
};
/** `accepting` is between the gateway's record and its send: for a producer that is accepted. */
export type ShownStatus = Exclude<InferenceStatus, 'accepting'>;

const PARAMETERS = ['label', 'status', 'batch', 'limit', 'cursor'] as const;
const STATUSES = InferenceStatus.options.filter((status): status is ShownStatus => status !== 'accepting');
const DEFAULT_LIMIT = 50;
const MAX_CURSOR_LENGTH = 1024;

/** Reads the query of a list, strictly: a parameter that is not understood would otherwise list more than was asked for. */
export function parseListQuery({ query, repeatedQuery }: Pick<HttpRequest, 'query' | 'repeatedQuery'>): ListQuery {
  const unknown = Object.keys(query).find((name) => !(PARAMETERS as readonly string[]).includes(name));
  if (unknown !== undefined) throw invalidParameter(unknown, `is not known; there are ${PARAMETERS.join(', ')}`);
  const [repeated] = repeatedQuery;
  if (repeated !== undefined) throw invalidParameter(repeated, 'must be given once');
  return {
    ...(query.label === undefined ? {} : { label: readLabel(query.label) }),
    ...(query.status === undefined ? {} : { status: readStatus(query.status) }),
    ...(query.batch === undefined ? {} : { batch: readBatch(query.batch) }),
    ...(query.cursor === undefined ? {} : { cursor: readCursorText(query.cursor) }),
    limit: query.limit === undefined ? DEFAULT_LIMIT : readLimit(query.limit),
  };
}

/** A refusal that names the parameter. */
export function invalidParameter(name: string, problem: string): HttpError {
  const parameter = name.slice(0, 64).toWellFormed();
  return new HttpError({ status: 400, code: 'invalid_request', parameter, message: `The parameter "${parameter}" ${problem}.` });
}

/** A name has no colon; a value may have. */
function readLabel(text: string): NonNullable<ListQuery['label']> {
  const [, name, value] = /^([A-Za-z0-9_.-]{1,64}):(.{1,128})$/su.exec(text) ?? [];
  if (name === undefined || value === undefined || !value.isWellFormed())
    throw invalidParameter('label', 'must be <name>:<value>, as the request was labelled, of at most 64 and 128 characters');
  return { name, value };
}

function readStatus(text: string): ShownStatus {
  const status = STATUSES.find((each) => each === text);
  if (!status) throw invalidParameter('status', `must be one of: ${STATUSES.join(', ')}`);
  return status;
}

function readBatch(text: string): string {
  if (!InferenceId.safeParse(text).success) throw invalidParameter('batch', 'must be the batchId that POST /v1/inferences/batch answered');
  return text;
}

function readLimit(text: string): number {
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MAX_LISTED_INFERENCES) throw invalidParameter('limit', `must be an integer from 1 to ${MAX_LISTED_INFERENCES}`);
  return limit;
}

function readCursorText(text: string): string {
  if (text.length === 0 || text.length > MAX_CURSOR_LENGTH) throw invalidCursor();
  return text;
}

/** The refusal of a cursor that is not of this list. */
export function invalidCursor(): HttpError {
  return new HttpError({
    status: 400,
    code: 'invalid_cursor',
    parameter: 'cursor',
    message:
      'The parameter "cursor" must be a nextCursor as it was answered, for the same API key’s tenant and the same label, status and batch. Begin again without it.',
  });
}
