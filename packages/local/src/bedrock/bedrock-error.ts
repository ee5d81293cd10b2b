/** Every error Bedrock Runtime's model calls can answer with, and its HTTP status. */
export const errorStatus = {
  AccessDeniedException: 403,
  InternalServerException: 500,
  ModelErrorException: 424,
  ModelNotReadyException: 429,
  ModelStreamErrorException: 424,
  ModelTimeoutException: 408,
  NotImplementedException: 501,
  ResourceNotFoundException: 404,
  ServiceQuotaExceededException: 400,
  ServiceUnavailableException: 503,
  ThrottlingException: 429,
  ValidationException: 400,
} as const;

export type BedrockErrorCode = keyof typeof errorStatus;

type Options = { status?: number; retryAfterSeconds?: number; details?: Record<string, unknown>; cause?: unknown };

/** An answer that is an error; `details` are the members an exception has beside its message. */
export class BedrockError extends Error {
  readonly code: BedrockErrorCode;
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;
  readonly details: Record<string, unknown>;

  constructor(code: BedrockErrorCode, message: string, { status, retryAfterSeconds, details = {}, cause }: Options = {}) {
    super(message, { cause });
    this.name = 'BedrockError';
    this.code = code;
    this.status = status ?? errorStatus[code];
    this.retryAfterSeconds = retryAfterSeconds;
    this.details = details;
  }
}

/** The commonest one: the caller sent something this model cannot take. */
export function invalid(message: string): BedrockError {
  return new BedrockError('ValidationException', message);
}
