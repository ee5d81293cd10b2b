import type { ModelFailure } from '@signalbox/contracts';

type Outcome = ModelFailure['outcome'];

/** A failure but for its sentence; a field that is undefined stays away, so that it is the same before and after JSON. */
export type FailureFields = { outcome: Outcome; error: string } & {
  [Name in Exclude<keyof ModelFailure, 'outcome' | 'error' | 'message'>]?: ModelFailure[Name] | undefined;
};

/** What to do about each outcome. Our own sentences: a provider's message can quote the prompt. */
const ADVICE: Record<Outcome, string> = {
  throttled: 'the quota of this target is used up for now; use another target, or try again later',
  'not-ready': 'the model is not loaded yet; use another target, or try again in some seconds',
  faulted: 'the provider or the connection to it failed; use another target, or try again',
  'model-error': 'the model failed while it worked on this request; another target may answer',
  'timed-out': 'no answer came in time; use another target, ask for fewer tokens, or allow more time',
  malformed: 'the answer was not whole; ask again, or use another target',
  refused: 'the content was refused by a guardrail or by the model; change the request',
  'too-long': 'the request does not fit the context of this model; shorten it, or use a target with a larger context',
  rejected: 'the provider does not accept the request; correct it before sending it again',
  misconfigured: 'the target cannot be called as it is defined; check its model id, region, model access and permissions',
  cancelled: 'the caller no longer wanted the answer',
};

/** Completes a failure by one sentence for people: the code, the status where there was one, and what to do. */
export function makeFailure({ outcome, error, ...fields }: FailureFields): ModelFailure {
  const place = fields.status === undefined ? '' : ` (HTTP ${fields.status})`;
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return { outcome, error, message: `${error}${place}: ${ADVICE[outcome]}.`, ...Object.fromEntries(present) };
}
