/** Base of our errors: named by what the caller should do, with the cause kept. */
abstract class SignalboxError extends Error {
  // Written out in each class: the bundles are minified, class names included.
  abstract override readonly name: string;

  constructor({ message, cause }: { message: string; cause?: unknown }) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/** The function cannot run as it is configured: fails at init, before the first customer. */
export class ConfigurationError extends SignalboxError {
  override readonly name = 'ConfigurationError';
}

/** Something this needs cannot be reached now. The message or call waits and comes again. */
export class UnavailableError extends SignalboxError {
  override readonly name = 'UnavailableError';
}

/** A document or item does not have the shape that its schema promises: someone broke a contract. */
export class ContractError extends SignalboxError {
  override readonly name = 'ContractError';
}

/** A refusal with an HTTP status; `message` says what the caller should do, `parameter` names the field. */
export class HttpError extends SignalboxError {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly code: string;
  readonly parameter: string | undefined;
  readonly headers: Record<string, string>;

  constructor(refusal: {
    status: number;
    code: string;
    message: string;
    parameter?: string;
    headers?: Record<string, string>;
    cause?: unknown;
  }) {
    super(refusal);
    this.status = refusal.status;
    this.code = refusal.code;
    this.parameter = refusal.parameter;
    this.headers = refusal.headers ?? {};
  }
}
