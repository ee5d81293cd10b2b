import type { Attempt } from '@signalbox/contracts';
import type { Ended, Interrupted, StreamedAnswerResult, Waiting } from '@signalbox/routing';

/** What a caller is told who gets no answer. */
export type SyncRefusal = {
  status: number;
  code: string;
  message: string;
  /** Seconds; set when trying again would help. */
  retryAfter?: number;
  attempts: readonly Attempt[];
};

/** A wait of which nobody knows the end. */
const RETRY_AFTER_SECONDS = 5;
const MAX_RETRY_AFTER_SECONDS = 600;

/** The first meaningful error, with every attempt under it. */
export function refusalOf(result: Exclude<StreamedAnswerResult, { kind: 'answered' }>): SyncRefusal {
  switch (result.kind) {
    case 'ended':
      return ofEnded(result);
    case 'interrupted':
      return ofInterrupted(result);
    case 'waiting':
      return ofWaiting(result);
  }
}

/** As OpenAI's API names them, where it does. */
const ENDS: Record<Ended['reason'], { status: number; code: string }> = {
  refused: { status: 400, code: 'content_filter' },
  invalid: { status: 400, code: 'rejected_by_model' },
  'too-long': { status: 400, code: 'context_length_exceeded' },
  quarantined: { status: 502, code: 'quarantined' },
};

function ofEnded({ reason, error, providerMessage, attempts }: Ended): SyncRefusal {
  // Nobody was asked: no target of the route has what the request needs.
  if (error.code === 'NoSuitableTarget') return { status: 400, code: 'no_suitable_target', message: error.message, attempts };
  const words = providerMessage === undefined ? '' : ` The provider says: ${providerMessage}`;
  return { ...ENDS[reason], message: `${error.message}${words}`, attempts };
}

function ofInterrupted({ error, servedBy, attempts }: Interrupted): SyncRefusal {
  const message = `The answer of ${servedBy.target} broke off and is not whole: ${error.message} Ask again; a route with "rescue: hold" sends only whole answers.`;
  return { status: 502, code: 'answer_interrupted', message, attempts };
}

function ofWaiting({ reason, error, detail, retryAfterMs, attempts }: Waiting): SyncRefusal {
  const why = error?.message ?? `No target could be asked: ${detail}.`;
  if (reason === 'out-of-time') return { status: 504, code: 'out_of_time', message: `Time was up before an answer came. ${why}`, attempts };
  const seconds = retryAfterMs === undefined ? RETRY_AFTER_SECONDS : Math.ceil(retryAfterMs / 1_000);
  const retryAfter = Math.min(Math.max(1, seconds), MAX_RETRY_AFTER_SECONDS);
  return {
    status: 503,
    code: 'all_attempts_failed',
    message: `No target answered. ${why} Try again in ${retryAfter} s.`,
    retryAfter,
    attempts,
  };
}
