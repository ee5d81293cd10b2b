import { uploadRequest, uploadTicket } from '@signalbox/contracts/samples';
import { expect, it } from 'vitest';
import { createSignUpload } from './uploads.ts';

it('signs a link whose signature covers size, type and digest as headers', async () => {
  Object.assign(process.env, { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
  const key = 'payloads/acme/6ecd8c99';
  const { url, headers } = await createSignUpload({ bucket: 'data' })({ key, ...uploadRequest, expiresInSeconds: 900 });
  const { hostname, pathname, searchParams } = new URL(url);
  expect([hostname, pathname]).toEqual(['data.s3.us-east-1.amazonaws.com', `/${key}`]);
  expect(searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;content-type;host;x-amz-checksum-sha256');
  expect(searchParams.get('X-Amz-Expires')).toBe('900');
  expect([...searchParams.keys()].filter((name) => /checksum|crc/i.test(name))).toEqual([]);
  expect(headers).toEqual(uploadTicket.upload.headers);
});
