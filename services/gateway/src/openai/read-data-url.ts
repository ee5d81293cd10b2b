/** What a data URL holds, or what is wrong with it. */
export type DataUrl = { kind: 'data'; mediaType: string; base64: string } | { kind: 'invalid'; message: string };

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** Longer than any media type that is taken; keeps the search for the comma off the data. */
const MAX_HEAD = 256;

/** Reads `data:<media type>;base64,<data>`. `expected` is what the message asks for. Never fetches anything. */
export function readDataUrl(url: string, expected: string): DataUrl {
  const head = url.slice(0, MAX_HEAD);
  if (/^s3:/i.test(head)) return invalid(`must be ${expected}: only images are read from S3, by s3://<bucket>/<key> of an upload`);
  if (/^https?:/i.test(head)) return invalid(`must be ${expected}: nothing here fetches a URL; send the content itself`);
  const [prefix, mediaType] = /^data:([a-z0-9.+-]+\/[a-z0-9.+-]+)(?:;charset=[\w-]+)?;base64,/i.exec(head) ?? [];
  if (prefix === undefined || mediaType === undefined) return invalid(`must be ${expected}`);
  const base64 = url.slice(prefix.length);
  if (!BASE64.test(base64) || (base64.length - paddingOf(base64)) % 4 === 1)
    return invalid('must hold data in base64 after the comma, in the standard alphabet and without line breaks');
  return { kind: 'data', mediaType: mediaType.toLowerCase(), base64 };
}

function paddingOf(base64: string): number {
  if (base64.endsWith('==')) return 2;
  return base64.endsWith('=') ? 1 : 0;
}

function invalid(message: string): DataUrl {
  return { kind: 'invalid', message };
}
