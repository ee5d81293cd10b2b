import type { S3Client } from '@aws-sdk/client-s3';
import { awsClientConfig } from '@signalbox/runtime';

export type LoadedS3 = { sdk: typeof import('@aws-sdk/client-s3'); client: S3Client };

/** The S3 client, loaded when it is first asked for: most calls need none, and it is the largest part of a bundle. */
export function createLazyS3({ requestTimeoutMs }: { requestTimeoutMs: number }): () => Promise<LoadedS3> {
  let loading: Promise<LoadedS3> | undefined;
  return () => {
    loading ??= import('@aws-sdk/client-s3').then((sdk) => ({ sdk, client: new sdk.S3Client(awsClientConfig({ requestTimeoutMs })) }));
    return loading;
  };
}
