import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { Installation } from './types.ts';

const KEY = 'routing-table/current.json';

/** Writes the copy that a cold start reads when AppConfig is away. Gives what to tell when it could not: the platform writes it as well. */
export async function writeCopy({ s3, bucket }: Installation, content: string): Promise<string[]> {
  try {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: KEY, Body: content, ContentType: 'application/json' }));
    return [];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [`The copy s3://${bucket}/${KEY} could not be written from here (${why}); the function announce-release writes it as well.`];
  }
}
