import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { awsClientConfig } from '@signalbox/runtime';
import type { SignUpload } from '../create-upload.ts';

const TYPE = 'application/json';

/** Signs uploads into the data bucket. Size, type and digest are signed headers: S3 refuses an upload that differs in one. */
export function createSignUpload({ bucket }: { bucket: string }): SignUpload {
  // Without this the SDK would add a checksum of its own to the link, of no bytes.
  const client = new S3Client({ ...awsClientConfig(), requestChecksumCalculation: 'WHEN_REQUIRED' });
  return async ({ key, bytes, sha256, expiresInSeconds }) => {
    const checksum = Buffer.from(sha256, 'hex').toString('base64');
    const command = new PutObjectCommand({ Bucket: bucket, Key: key, ContentLength: bytes, ContentType: TYPE, ChecksumSHA256: checksum });
    const names = ['content-length', 'content-type', 'x-amz-checksum-sha256'];
    const url = await getSignedUrl(client, command, {
      expiresIn: expiresInSeconds,
      signableHeaders: new Set(names),
      // In the link itself S3 would not hold the body against it.
      unhoistableHeaders: new Set(['x-amz-checksum-sha256']),
    });
    return { url, headers: { 'content-length': String(bytes), 'content-type': TYPE, 'x-amz-checksum-sha256': checksum } };
  };
}
