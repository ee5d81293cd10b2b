import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ProducerPorts } from '../producer-ports.ts';
import { describeFailure } from './describe-failure.ts';

/** Puts content into the data bucket, under the key that the claim check names. */
export function createPutPayload(client: Pick<S3Client, 'send'>, bucket: string | undefined): ProducerPorts['putPayload'] {
  return async ({ key, content }) => {
    try {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content, ContentType: 'application/json' }));
      return undefined;
    } catch (error) {
      const failure = describeFailure(error);
      return { ...failure, reason: `its content could not be put into S3: ${failure.reason}` };
    }
  };
}
