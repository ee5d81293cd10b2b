import type { AnswerInput } from './answer-input.ts';

/** The worker parks a request so that it comes back 15 s before its deadline at the latest; a second more for delays that end early. */
const LAST_TRY_MS = 16_000;

/** True when so little time is left that a request which waits now will hardly be tried again. */
export function isLastTry({ endsAt }: Pick<AnswerInput, 'endsAt'>, now: number): boolean {
  return endsAt - now <= LAST_TRY_MS;
}
