import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { awsClientConfig } from '@signalbox/runtime';

/** Where a cold start looks when AppConfig is away. */
const KEY = 'routing-table/current.json';

/** Writes the copy of the routing table. */
export function createTableCopy({ bucket }: { bucket: string }): (content: string) => Promise<void> {
  const client = new S3Client(awsClientConfig({ requestTimeoutMs: 5_000, maxAttempts: 4 }));
  return async (content) => {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: KEY, Body: content, ContentType: 'application/json' }));
  };
}
