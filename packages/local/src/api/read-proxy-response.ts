/** What a handler's answer says to the client. */
export type ProxyResponse = { status: number; headers: Record<string, string[]>; body: Buffer };

/** Reads the answer of a Lambda proxy integration; a text that says what is wrong with it when it is malformed. */
export function readProxyResponse(payload: unknown): ProxyResponse | string {
  if (!isObject(payload)) return 'the answer is not an object';
  const { statusCode, headers, multiValueHeaders, body = '', isBase64Encoded = false } = payload;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) return `statusCode is ${JSON.stringify(statusCode)}`;
  if (body !== null && typeof body !== 'string') return 'body is not a text';
  if (typeof isBase64Encoded !== 'boolean') return 'isBase64Encoded is not true or false';
  const merged = mergeHeaders(headers ?? {}, multiValueHeaders ?? {});
  if (typeof merged === 'string') return merged;
  return { status, headers: merged, body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8') };
}

/** Where both name a header, all values of both count, each once. */
function mergeHeaders(single: unknown, multiple: unknown): Record<string, string[]> | string {
  if (!isObject(single)) return 'headers is not an object';
  if (!isObject(multiple)) return 'multiValueHeaders is not an object';
  const merged = new Map<string, string[]>();
  const add = (name: string, value: unknown) =>
    merged.set(name.toLowerCase(), [...new Set([...(merged.get(name.toLowerCase()) ?? []), String(value)])]);
  for (const [name, values] of Object.entries(multiple)) {
    if (!Array.isArray(values)) return `multiValueHeaders.${name} is not a list`;
    for (const value of values) add(name, value);
  }
  for (const [name, value] of Object.entries(single)) {
    if (typeof value === 'object' && value !== null) return `headers.${name} is not a text`;
    if (value !== null && value !== undefined) add(name, value);
  }
  return Object.fromEntries(merged);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
