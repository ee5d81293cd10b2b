import { UnavailableError } from '@signalbox/runtime/errors';
import type { ReadImage } from '../openai/inline-images.ts';
import { createLazyS3 } from './lazy-s3.ts';

/** What Converse takes of one image. */
const MAX_IMAGE_BYTES = 3_750_000;

/** Images in the data bucket. The S3 client is loaded at first use: most images come in the request. */
export function createReadImage({ bucket }: { bucket: string }): ReadImage {
  const load = createLazyS3({ requestTimeoutMs: 10_000 });
  return async (key) => {
    const { sdk, client } = await load();
    try {
      const { Body, ContentLength = 0 } = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key }));
      if (ContentLength > MAX_IMAGE_BYTES) {
        await Body?.transformToWebStream().cancel();
        return 'too-large';
      }
      return { base64: (await Body?.transformToString('base64')) ?? '' };
    } catch (cause) {
      // S3 says the second where one may read but not list, as here.
      if (cause instanceof Error && ['NoSuchKey', 'AccessDenied'].includes(cause.name)) return 'missing';
      throw new UnavailableError({ message: 'An image could not be read from S3.', cause });
    }
  };
}
