import { type Attempt, type AttemptSummary, type ErrorBody, errorTypeOf } from '@signalbox/contracts';

type Failure = {
  status: number;
  code: string;
  /** What was wrong and what to do. */
  message: string;
  /** The parameter that it is about. */
  param?: string | undefined;
  requestId: string;
  /** What was tried, in its order. */
  attempts?: readonly Attempt[] | undefined;
};

/** An error in OpenAI's shape, and under `attempts` what each attempt came to: no content, and nothing that a provider said. */
export function toOpenAiError({ status, code, message, param, requestId, attempts = [] }: Failure): ErrorBody {
  return {
    error: {
      message,
      type: errorTypeOf(status),
      code,
      param: param ?? null,
      request_id: requestId,
      ...(attempts.length > 0 && { attempts: attempts.map(summarize) }),
    },
  };
}

function summarize({ target, outcome, error, status, durationMs }: Attempt): AttemptSummary {
  return {
    target,
    outcome,
    ...(error !== undefined && { error }),
    ...(status !== undefined && { status }),
    durationMs: Math.round(durationMs),
  };
}
