import type { S3Client } from '@aws-sdk/client-s3';
import type { Json } from '@signalbox/contracts';
import { awsClientConfig } from '@signalbox/runtime';
import { UnavailableError } from '@signalbox/runtime/errors';

const LINK_SECONDS = 3_600;

/** Outputs in the data bucket. The S3 client is loaded at first use: small answers stand in the table. */
export function createOutputs({ bucket }: { bucket: string }): {
  readOutput: (key: string) => Promise<Json>;
  link: (key: string) => Promise<string>;
} {
  let loading: Promise<{ sdk: typeof import('@aws-sdk/client-s3'); client: S3Client }> | undefined;
  const load = () => {
    loading ??= import('@aws-sdk/client-s3').then((sdk) => ({
      sdk,
      client: new sdk.S3Client(awsClientConfig({ requestTimeoutMs: 10_000 })),
    }));
    return loading;
  };
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
