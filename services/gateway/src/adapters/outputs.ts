import type { Json } from '@signalbox/contracts';
import { UnavailableError } from '@signalbox/runtime/errors';
import { createLazyS3 } from './lazy-s3.ts';

const LINK_SECONDS = 3_600;

/** Outputs in the data bucket. The S3 client is loaded at first use: small answers stand in the table. */
export function createOutputs({ bucket }: { bucket: string }): {
  readOutput: (key: string) => Promise<Json>;
  link: (key: string) => Promise<string>;
} {
  const load = createLazyS3({ requestTimeoutMs: 10_000 });
  return {
    async readOutput(key) {
      const { sdk, client } = await load();
      try {
        const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key }));
        return JSON.parse((await Body?.transformToString()) ?? '') as Json;
      } catch (cause) {
        throw new UnavailableError({ message: 'The answer is recorded, but its content cannot be read from S3 now.', cause });
      }
    },
    async link(key) {
      const [{ sdk, client }, { getSignedUrl }] = await Promise.all([load(), import('@aws-sdk/s3-request-presigner')]);
      return getSignedUrl(client, new sdk.GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn: LINK_SECONDS });
    },
  };
}
