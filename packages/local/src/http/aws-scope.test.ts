import { expect, it } from 'vitest';
import { readAwsScope } from './aws-scope.ts';

const scope = { accessKeyId: 'AKID', region: 'eu-west-1', service: 's3' };

it.each([
  [
    'a signed request',
    { authorization: 'AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0', url: '/' },
    scope,
  ],
  [
    'the same without spaces',
    { authorization: 'AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/s3/aws4_request,SignedHeaders=host,Signature=0', url: '/' },
    scope,
  ],
  [
    'a presigned request',
    { authorization: undefined, url: '/b/k?X-Amz-Date=1&X-Amz-Credential=AKID%2F20260101%2Feu-west-1%2Fs3%2Faws4_request&x=1' },
    scope,
  ],
  ['a bearer token', { authorization: 'Bearer sbx_1_2', url: '/' }, undefined],
  ['nothing', { authorization: undefined, url: '/?X-Amz-Credential=nonsense' }, undefined],
])('reads %s', (_name, request, expected) => {
  expect(readAwsScope(request)).toEqual(expected);
});
