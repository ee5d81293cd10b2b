import type { ModelFailure } from '@signalbox/contracts';
import { makeFailure } from '../make-failure.ts';
import { asNodeCode, isReadingError, mapConnectionError, type Verdict } from '../map-connection-error.ts';
import { mapValidationMessage } from '../map-validation-message.ts';
import { providerMessage } from '../provider-message.ts';
import { asRecord, asStatus, asText } from '../read-json.ts';
import { readRetryAfterMs } from '../read-retry-after.ts';
import { type ErrorMeaning, meaningOfName, meaningOfStatus } from './bedrock-error-names.ts';

/** The parts of a thrown thing that a verdict may rest on. Never `$fault`: a 408, a 424 and a 429 are all "client". */
type ErrorFacts = {
  name: string;
  /** Node's code of a network error. */
  code: string | undefined;
  status: number | undefined;
  originalStatus: number | undefined;
  retryAfterMs: number | undefined;
  text: string;
};

/** Statuses that a second call a moment later may not meet. */
const TRANSIENT_STATUSES: readonly number[] = [500, 502, 503, 504];
const TRANSIENT_NAMES: readonly string[] = ['ServiceUnavailableException', 'InternalServerException'];

/**
 * Maps whatever a call to Bedrock threw. By error name first, then by what happened to the connection or the body, then
 * by HTTP status; a thing that says nothing of itself is a fault. `hasBegun` is true once the reply had begun with HTTP
 * 200, for errors that come without a status. `now` is milliseconds since the epoch, for a Retry-After date.
 */
export function mapBedrockError({ error, now, hasBegun = false }: { error: unknown; now: number; hasBegun?: boolean }): ModelFailure {
  const facts = readFacts(error, now);
  const verdict = judge(facts, facts.status === undefined ? hasBegun : facts.status < 300);
  const { status, originalStatus, retryAfterMs } = facts;
  const { outcome } = verdict;
  const mayWait = outcome === 'throttled' || outcome === 'not-ready' || outcome === 'faulted';
  return makeFailure({
    ...verdict,
    status,
    originalStatus,
    retryAfterMs: mayWait ? retryAfterMs : undefined,
    providerMessage: providerMessage(outcome, facts.text),
  });
}

function judge(facts: ErrorFacts, hasBegun: boolean): Verdict {
  const meaning = meaningOfName(facts.name);
  if (meaning) return judgeMeaning(meaning, facts);
  return mapConnectionError({ ...facts, hasBegun }) ?? judgeMeaning(meaningOfStatus(facts.status ?? 0) ?? 'faulted', facts);
}

function judgeMeaning(meaning: ErrorMeaning, facts: ErrorFacts): Verdict {
  const error = codeOf(facts);
  if (meaning === 'validation') return { outcome: mapValidationMessage(facts.text), error };
  if (meaning !== 'faulted') return { outcome: meaning, error };
  const isTransient = TRANSIENT_NAMES.includes(facts.name) || TRANSIENT_STATUSES.includes(facts.status ?? 0);
  return { outcome: 'faulted', error, isTransient };
}

/** The provider's code where it looks like one: a name made by a proxy or a broken body could be anything. */
function codeOf({ name, status }: ErrorFacts): string {
  if (isReadingError(name) || !/^[A-Za-z][A-Za-z0-9]{2,63}$/.test(name)) return status === undefined ? 'UnknownError' : `Http${status}`;
  return name;
}

function readFacts(error: unknown, now: number): ErrorFacts {
  const thrown = asRecord(error);
  const response = asRecord(thrown.$response);
  const headers = asRecord(response.headers) as Record<string, string | undefined>;
  return {
    name: normaliseName(thrown.name),
    code: asNodeCode(thrown.code) ?? asNodeCode(asRecord(thrown.cause).code),
    status: asStatus(asRecord(thrown.$metadata).httpStatusCode) ?? asStatus(response.statusCode),
    // SageMaker writes it with a capital.
    originalStatus: asStatus(thrown.originalStatusCode) ?? asStatus(thrown.OriginalStatusCode),
    retryAfterMs: readRetryAfterMs(headers, now),
    text: asText(thrown.message) ?? '',
  };
}

/** `com.amazon#throttlingException:http://…` is `ThrottlingException`: wires and event streams spell the same name differently. */
function normaliseName(name: unknown): string {
  const bare = (asText(name) ?? '').replace(/^.*#/, '').replace(/:.*$/, '');
  return bare.charAt(0).toUpperCase() + bare.slice(1);
}
