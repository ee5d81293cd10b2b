/** What was asked cannot be said in the shape that this target's server takes. The message names it, and never quotes it. */
export class UnsupportedContentError extends Error {
  override name = 'UnsupportedContentError';
  /** The code of the rejection: `DocumentNotSupported`. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
