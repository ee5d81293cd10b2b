import type { Problem } from '@signalbox/contracts';

/** The request is not one that the installation takes; `problems` names each field and what to write instead. */
export class InvalidRequestError extends Error {
  override readonly name = 'InvalidRequestError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(`The request was not taken: ${problems.map(({ path, message }) => `${path || 'it'} ${message}`).join('; ')}.`);
    this.problems = problems;
  }
}

/** The queue, or the gateway, did not take the request, after retries. Send the same request again: its id is the same, and it is answered once. */
export class NotSentError extends Error {
  override readonly name = 'NotSentError';
  /** The id that it would have, and has when it is sent again. */
  readonly id: string;

  constructor({ id, reason, cause }: { id: string; reason: string; cause?: unknown }) {
    super(`The request ${id} was not taken: ${reason}`, { cause });
    this.id = id;
  }
}

/** No result within the time given. The request still waits, and its result will be readable by id. */
export class NotAnsweredError extends Error {
  override readonly name = 'NotAnsweredError';
  readonly id: string;

  constructor({ id, timeoutMs, others = 0 }: { id: string; timeoutMs: number; others?: number }) {
    const of = others === 0 ? id : `${id} and ${others} more`;
    super(`There is no result of ${of} within ${timeoutMs / 1_000} s. It is not lost: wait for it again, by the same id.`);
    this.id = id;
  }
}

/** The gateway refused to answer about an inference, or said something that is no result. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  /** HTTP status; 0 when it could not be reached. */
  readonly status: number;
  /** Milliseconds to wait before asking again, where the gateway said so. */
  readonly retryAfterMs: number | undefined;

  constructor({ message, status, retryAfterMs, cause }: { message: string; status: number; retryAfterMs?: number; cause?: unknown }) {
    super(message, { cause });
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }

  /** Asking again may help: it was not reached, is busy, or failed on its side. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}
