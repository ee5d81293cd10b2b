import type { ModelFailure } from '@signalbox/contracts';
import { makeFailure } from '../make-failure.ts';
import type { Verdict } from '../map-connection-error.ts';
import { mapValidationMessage } from '../map-validation-message.ts';
import { providerMessage } from '../provider-message.ts';
import { asRecord, asStatus, asText } from '../read-json.ts';
import { readRetryAfterMs } from '../read-retry-after.ts';

/** What a server said in place of an answer. `now` is milliseconds since the epoch, for a Retry-After date. */
export type SaidError = { status: number | undefined; headers: Record<string, string | undefined>; body: unknown; now: number };

/** The error object of a body, as far as servers agree on it. */
type ErrorBody = { message: string | undefined; codes: string[]; status: number | undefined };

type Outcome = ModelFailure['outcome'];

/** Codes and types that mean one thing with whatever status they come. */
const BY_CODE: { readonly [Name in Outcome]?: readonly string[] } = {
  'too-long': ['context_length_exceeded', 'string_above_max_length', 'exceed_context_size_error', 'context_window_exceeded'],
  refused: ['content_filter', 'content_policy_violation', 'moderation_blocked', 'ResponsibleAIPolicyViolation', 'cyber_policy'],
  throttled: ['rate_limit_exceeded', 'rate_limit_error', 'rate_limit_reached', 'insufficient_quota', 'too_many_requests', 'RateLimitError'],
  misconfigured: [
    'model_not_found',
    'DeploymentNotFound',
    'invalid_api_key',
    'authentication_error',
    'permission_error',
    'not_found_error',
    'account_deactivated',
    'AuthenticationError',
    'NotFoundError',
  ],
  'not-ready': ['model_not_ready'],
};

/** Statuses that a second call a moment later may not meet; those from 520 on are a proxy's in front of a server in trouble, 529 is one that is overloaded. */
const TRANSIENT: readonly number[] = [409, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529, 530];
const LOADING = /\b(loading model|model (\S{1,100} )?is (currently |still )?loading)\b/i;
/** Outcomes that a stated time to wait belongs to. */
const WAITING: readonly Outcome[] = ['throttled', 'not-ready', 'faulted'];

/**
 * Maps an error of a server of OpenAI's shape: by a code that says it all, else by the wording of a 4xx about the request,
 * else by its status. The text goes to the caller alone, and only of what the caller can mend.
 */
export function mapProviderError({ status, headers, body, now }: SaidError): ModelFailure {
  const said = readError(body);
  const effective = status === undefined || status < 300 ? said.status : status;
  const { outcome, ...verdict } = judge(said, effective);
  return makeFailure({
    outcome,
    ...verdict,
    status: status ?? said.status,
    retryAfterMs: WAITING.includes(outcome) ? readRetryAfterMs(headers, now) : undefined,
    providerMessage: providerMessage(outcome, said.message),
  });
}

function judge(said: ErrorBody, status: number | undefined): Verdict {
  const error = said.codes.find(isName) ?? (status === undefined ? 'UnknownError' : `Http${status}`);
  const byCode = (Object.keys(BY_CODE) as Outcome[]).find((outcome) => said.codes.some((code) => BY_CODE[outcome]?.includes(code)));
  if (byCode) return { outcome: byCode, error };
  if (status !== undefined && status >= 400 && status < 500) return { error, ...judgeClientStatus(status, said.message ?? '') };
  if (LOADING.test(said.message ?? '')) return { outcome: 'not-ready', error };
  if (status !== undefined && status >= 300 && status < 400) return { outcome: 'misconfigured', error };
  if (status === undefined && said.codes.some((code) => /invalid_request|BadRequest/.test(code))) {
    return { outcome: mapValidationMessage(said.message ?? ''), error };
  }
  return { outcome: 'faulted', error, isTransient: status === undefined || TRANSIENT.includes(status) };
}

function judgeClientStatus(status: number, message: string): Pick<Verdict, 'outcome' | 'isTransient'> {
  switch (status) {
    case 401:
    case 402:
    case 403:
    case 404:
    case 405:
    case 407:
      return { outcome: 'misconfigured' };
    case 408:
      return { outcome: 'timed-out' };
    case 409:
      // A lock of the server's own; its clients try again, too.
      return { outcome: 'faulted', isTransient: true };
    case 424:
      return { outcome: 'model-error' };
    case 429:
      return { outcome: 'throttled' };
    default:
      return { outcome: mapValidationMessage(message) };
  }
}

/** `{error: {message, type, code}}`, `{error: 'text'}`, `{object: 'error', message, type, code}`, `{detail}`, `{message}`: all are in use. */
function readError(body: unknown): ErrorBody {
  const outer = asRecord(body);
  const error = typeof outer.error === 'object' && outer.error !== null ? asRecord(outer.error) : outer;
  const inner = asRecord(error.innererror ?? error.inner_error);
  const message = asText(error.message) ?? asText(outer.error) ?? asText(outer.detail) ?? detailText(outer.detail);
  const codes = [error.code, inner.code, error.type].flatMap((code) => asText(code) ?? []);
  return { message, codes, status: asStatus(error.code) ?? asStatus(Number(asText(error.code))) ?? asStatus(outer.status) };
}

/** How FastAPI says what is wrong with a request: a list with a sentence each. */
function detailText(detail: unknown): string | undefined {
  if (!Array.isArray(detail)) return undefined;
  return detail.flatMap((each) => asText(asRecord(each).msg) ?? []).join('; ');
}

/** A code that is passed on has to look like one. */
function isName(code: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_-]{2,63}$/.test(code);
}
