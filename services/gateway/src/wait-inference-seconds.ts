import type { HttpRequest } from '@signalbox/runtime';
import { invalidParameter } from './parse-list-query.ts';

/** The name of the parameter. */
const NAME = 'waitSeconds';
/** API Gateway gives up on a function after 29 s. */
const MAX_SECONDS = 25;

/** `waitSeconds` of the query; undefined without one. */
export function waitInferenceSeconds({ query, repeatedQuery }: Pick<HttpRequest, 'query' | 'repeatedQuery'>): number | undefined {
  const text = query[NAME];
  if (text === undefined) return undefined;
  if (repeatedQuery.includes(NAME)) throw invalidParameter(NAME, 'is given more than once');
  const seconds = /^[0-9]{1,2}$/.test(text) ? Number(text) : 0;
  if (seconds >= 1 && seconds <= MAX_SECONDS) return seconds;
  throw invalidParameter(NAME, `must be a whole number from 1 to ${MAX_SECONDS}; ask again to wait longer`);
}
