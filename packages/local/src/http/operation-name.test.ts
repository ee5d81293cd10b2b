import { expect, it } from 'vitest';
import { operationName } from './operation-name.ts';

it.each([
  ['sqs', 'POST', '/', 'SendMessage', 'SendMessage'],
  ['s3', 'GET', '/', '', 'ListBuckets'],
  ['s3', 'PUT', '/bucket', '', 'CreateBucket'],
  ['s3', 'PUT', '/bucket/', '', 'CreateBucket'],
  ['s3', 'GET', '/bucket/?list-type=2', '', 'ListObjectsV2'],
  ['s3', 'HEAD', '/bucket', '', 'HeadBucket'],
  ['s3', 'PUT', '/bucket/a/b?x-id=PutObject', '', 'PutObject'],
  ['s3', 'GET', '/bucket/a', '', 'GetObject'],
  ['s3', 'DELETE', '/bucket/a', '', 'DeleteObject'],
  ['s3', 'POST', '/bucket/?delete', '', 'DeleteObjects'],
  ['s3', 'POST', '/bucket/a?uploads', '', 'CreateMultipartUpload'],
  ['s3', 'PUT', '/bucket/a?partNumber=1&uploadId=x', '', 'UploadPart'],
  ['s3', 'POST', '/bucket/a?uploadId=x', '', 'CompleteMultipartUpload'],
  ['s3', 'DELETE', '/bucket/a?uploadId=x', '', 'DeleteMultipartUpload'],
  ['s3', 'PUT', '/bucket?lifecycle', '', 'PutBucketLifecycleConfiguration'],
  ['appconfig', 'POST', '/configurationsessions', '', 'StartConfigurationSession'],
  ['appconfig', 'GET', '/configuration?configuration_token=x', '', 'GetLatestConfiguration'],
  ['appconfig', 'POST', '/applications', '', 'POST /applications'],
  ['bedrock', 'POST', '/model/anthropic.claude%3A0/converse', '', 'Converse'],
  ['bedrock', 'POST', '/model/m/converse-stream', '', 'ConverseStream'],
  ['lambda', 'POST', '/2015-03-31/functions/hold-target/invocations', '', 'Invoke'],
  ['lambda', 'POST', '/2021-11-15/functions/chat/response-streaming-invocations', '', 'InvokeWithResponseStream'],
  ['lambda', 'GET', '/2015-03-31/functions', '', 'GET /2015-03-31/functions'],
  ['sagemaker', 'POST', '/endpoints/signalbox-llama/invocations', '', 'InvokeEndpoint'],
  ['sagemaker', 'POST', '/endpoints/signalbox-llama/invocations-response-stream', '', 'InvokeEndpointWithResponseStream'],
  ['sagemaker', 'POST', '/endpoints/signalbox-llama/async-invocations', '', 'POST /endpoints/signalbox-llama/async-invocations'],
  ['bedrock', 'POST', '/guardrail/abc/version/1/apply', '', 'ApplyGuardrail'],
  ['bedrock', 'GET', '/foundation-models', '', 'GET /foundation-models'],
])('names %s %s %s', (service, method, url, operation, expected) => {
  expect(operationName({ service, method, url, operation, headers: {} })).toBe(expected);
});
