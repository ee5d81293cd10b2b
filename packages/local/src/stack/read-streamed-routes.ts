/** Lambda's operation behind an integration, at the end of its URI: with an answer in one piece, or streamed. */
const STREAMED_URI = /\/2021-11-15\/functions\/.+\/response-streaming-invocations$/;
const BUFFERED_URI = /\/2015-03-31\/functions\/.+\/invocations$/;

type Integration = { uri?: unknown; responseTransferMode?: unknown };

/** The methods and paths of an API's definition whose integrations stream. Throws when one says both that it does and that it does not. */
export function readStreamedRoutes(definition: unknown): { method: string; path: string }[] {
  const { paths } = (definition ?? {}) as { paths?: Record<string, Record<string, Record<string, unknown>>> };
  return Object.entries(paths ?? {}).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([method, operation]) => isStreamed(operation?.['x-amazon-apigateway-integration'], `${method} ${path}`))
      .map(([method]) => ({ method: method === 'x-amazon-apigateway-any-method' ? 'ANY' : method.toUpperCase(), path })),
  );
}

/** Whether a response transfer mode is STREAM; the other is BUFFERED, and the default. */
export function isStreamMode(mode: unknown): boolean {
  if (mode === undefined || mode === 'BUFFERED') return false;
  if (mode === 'STREAM') return true;
  throw new Error(`the response transfer mode must be STREAM or BUFFERED, not ${JSON.stringify(mode)}`);
}

function isStreamed(integration: unknown, where: string): boolean {
  const { uri, responseTransferMode: mode } = (integration ?? {}) as Integration;
  const isStream = isStreamMode(mode);
  const text = typeof uri === 'string' ? uri : '';
  if (isStream && BUFFERED_URI.test(text))
    throw new Error(
      `${where} has the response transfer mode STREAM, but its URI ends in /invocations: it must be that of 2021-11-15 and end in /response-streaming-invocations`,
    );
  if (mode === 'BUFFERED' && STREAMED_URI.test(text))
    throw new Error(`${where} has the response transfer mode BUFFERED, but its URI ends in /response-streaming-invocations`);
  return isStream || STREAMED_URI.test(text);
}
