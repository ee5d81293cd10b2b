import { UnavailableError } from '@signalbox/runtime/errors';
import type { StoredContent } from '../delete-inference.ts';
import { createLazyS3 } from './lazy-s3.ts';

/** Objects that one call lists, and one call removes. */
const MAX_KEYS = 1_000;

/** Removes content from the data bucket. The S3 client is loaded at first use. */
export function createRemoveContent({ bucket }: { bucket: string }): (content: StoredContent) => Promise<void> {
  const load = createLazyS3({ requestTimeoutMs: 3_000 });

  /** One page at a time: what was listed is removed before the next is listed. */
  async function removePrefix(prefix: string): Promise<void> {
    const { sdk, client } = await load();
    for (let isMore = true; isMore; ) {
      const page = await client.send(new sdk.ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: MAX_KEYS }));
      await removeKeys((page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
      isMore = page.IsTruncated ?? false;
    }
  }

  async function removeKeys(keys: string[]): Promise<void> {
    if (keys.length === 0) return;
    const { sdk, client } = await load();
    const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true };
    const { Errors = [] } = await client.send(new sdk.DeleteObjectsCommand({ Bucket: bucket, Delete }));
    if (Errors.length > 0) throw new UnavailableError({ message: `S3 did not remove ${Errors.length} objects (${Errors[0]?.Code}).` });
  }

  return async function removeContent({ prefixes, keys }) {
    try {
      await Promise.all([...prefixes.map(removePrefix), removeKeys(keys)]);
    } catch (cause) {
      if (cause instanceof UnavailableError) throw cause;
      throw new UnavailableError({ message: `Content could not be removed from bucket ${bucket}.`, cause });
    }
  };
}
