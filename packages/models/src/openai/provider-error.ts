/** What a server of OpenAI's shape said in place of an answer: by its status, or within a stream that had begun with success. */
export class ProviderError extends Error {
  override name = 'ProviderError';
  /** Undefined for an error that came within a stream. */
  readonly status: number | undefined;
  readonly headers: Record<string, string | undefined>;
  /** Parsed where it was JSON, else the text. It can quote the prompt. */
  readonly body: unknown;

  constructor({
    status,
    headers = {},
    body,
  }: { status?: number | undefined; headers?: Record<string, string | undefined>; body: unknown }) {
    super('the server answered with an error');
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}
