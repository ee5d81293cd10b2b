const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
};

/** The `type` of an error by its HTTP status, as OpenAI's API names them. */
export function errorTypeOf(status: number): string {
  return status >= 500 ? 'server_error' : (TYPES[status] ?? 'invalid_request_error');
}
