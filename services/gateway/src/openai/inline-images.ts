import { isOwnPayload, MAX_IMAGES } from '@signalbox/contracts';
import { HttpError } from '@signalbox/runtime/errors';
import { beginsAs, IMAGE_FORMATS } from './media-formats.ts';

/** The bytes of an object in base64, `too-large` or `missing`. Rejects with UnavailableError when S3 cannot be reached. */
export type ReadImage = (key: string) => Promise<{ base64: string } | 'too-large' | 'missing'>;

type Options = { tenant: string; bucket: string; readImage: ReadImage };
type Found = { part: { url: string }; path: string; key: string };

const S3_URL = /^s3:\/\/([^/]+)\/(.+)$/;

/**
 * Puts images that lie in the data bucket into a chat request's body, as data URLs in place of `s3://…`. Only what lies where `POST /v1/uploads` puts
 * content of this tenant is read; any other is refused by name, before anything is read. The rest of the body is left to the parser.
 */
export async function inlineImages(body: unknown, { tenant, bucket, readImage }: Options): Promise<void> {
  const found = findImages(body, { tenant, bucket });
  if (found.length > MAX_IMAGES) throw refuse('messages', `must have at most ${MAX_IMAGES} images in S3`);
  await Promise.all(
    found.map(async ({ part, path, key }) => {
      part.url = toDataUrl(await readImage(key), path);
    }),
  );
}

function findImages(body: unknown, where: { tenant: string; bucket: string }): Found[] {
  return listOf(memberOf(body, 'messages')).flatMap((message, index) =>
    listOf(memberOf(message, 'content')).flatMap((part, place) => {
      const image = memberOf(part, 'image_url');
      const url = memberOf(image, 'url');
      const path = `messages[${index}].content[${place}].image_url.url`;
      return typeof url === 'string' && url.startsWith('s3://')
        ? [{ part: image as { url: string }, path, key: ownKey(url, path, where) }]
        : [];
    }),
  );
}

function ownKey(url: string, path: string, { tenant, bucket }: { tenant: string; bucket: string }): string {
  const [, named, key = ''] = S3_URL.exec(url) ?? [];
  if (named === bucket && isOwnPayload({ key }, { tenant, bucket })) return key;
  throw refuse(path, 'must lie where POST /v1/uploads puts content of this tenant: s3:// with its bucket and the key that it answers');
}

function toDataUrl(read: Awaited<ReturnType<ReadImage>>, path: string): string {
  if (read === 'missing') throw refuse(path, 'names an object that is not there; upload it first');
  if (read === 'too-large') throw refuse(path, 'names an object that is larger than an image may be');
  const [type] = [...IMAGE_FORMATS].find(([, format]) => beginsAs(format, read.base64)) ?? [];
  if (type === undefined)
    throw refuse(path, `names an object that is no image; it must be one of: ${[...IMAGE_FORMATS.keys()].join(', ')}`);
  return `data:${type};base64,${read.base64}`;
}

function refuse(path: string, rule: string): HttpError {
  return new HttpError({ status: 400, code: 'invalid_request', parameter: path, message: `${path} ${rule}.` });
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}
