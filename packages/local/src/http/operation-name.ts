import type { AwsCall } from '../service.ts';

type WireCall = Pick<AwsCall, 'service' | 'operation' | 'method' | 'url' | 'headers'>;

const BEDROCK_OPERATIONS: Readonly<Record<string, string>> = {
  converse: 'Converse',
  'converse-stream': 'ConverseStream',
  invoke: 'InvokeModel',
  'invoke-with-response-stream': 'InvokeModelWithResponseStream',
  'count-tokens': 'CountTokens',
};

/** The operation of a call, also for the services whose wire names it only by method and path. For counters, faults and messages. */
export function operationName(call: WireCall): string {
  if (call.operation !== '') return call.operation;
  if (call.service === 's3') return s3Operation(call);
  if (call.service === 'appconfig') return appConfigOperation(call);
  if (call.service === 'bedrock') return bedrockOperation(call);
  if (call.service === 'lambda') return lambdaOperation(call);
  if (call.service === 'sagemaker') return sageMakerOperation(call);
  return `${call.method} ${pathOf(call.url)}`;
}

function s3Operation({ method, url, headers }: WireCall): string {
  const path = pathOf(url);
  const query = new URLSearchParams(url.slice(path.length));
  const hasKey = /^\/[^/]+\/./.test(path);
  if (query.has('lifecycle')) return `${verb(method)}BucketLifecycleConfiguration`;
  if (query.has('uploads')) return method === 'POST' ? 'CreateMultipartUpload' : 'ListMultipartUploads';
  if (query.has('uploadId')) return multipartOperation(method);
  if (method === 'POST') return query.has('delete') ? 'DeleteObjects' : 'PostObject';
  if (!hasKey) return bucketOperation(method, path);
  if (method === 'PUT' && headers['x-amz-copy-source'] !== undefined) return 'CopyObject';
  return `${verb(method)}Object`;
}

function bucketOperation(method: string, path: string): string {
  if (method === 'PUT') return 'CreateBucket';
  if (method === 'GET') return path === '/' ? 'ListBuckets' : 'ListObjectsV2';
  return `${verb(method)}Bucket`;
}

function multipartOperation(method: string): string {
  if (method === 'PUT') return 'UploadPart';
  return method === 'POST' ? 'CompleteMultipartUpload' : `${verb(method)}MultipartUpload`;
}

function appConfigOperation({ method, url }: WireCall): string {
  const path = pathOf(url);
  if (path === '/configurationsessions') return 'StartConfigurationSession';
  if (path === '/configuration') return 'GetLatestConfiguration';
  return `${method} ${path}`;
}

function bedrockOperation({ method, url }: WireCall): string {
  const path = pathOf(url);
  if (/^\/guardrail\/.+\/version\/.+\/apply$/.test(path)) return 'ApplyGuardrail';
  const action = /^\/model\/.+\/([^/]+)$/.exec(path)?.[1] ?? '';
  return BEDROCK_OPERATIONS[action] ?? `${method} ${path}`;
}

function lambdaOperation({ method, url }: WireCall): string {
  const path = pathOf(url);
  if (method === 'POST' && path.endsWith('/response-streaming-invocations')) return 'InvokeWithResponseStream';
  return method === 'POST' && path.endsWith('/invocations') ? 'Invoke' : `${method} ${path}`;
}

function sageMakerOperation({ method, url }: WireCall): string {
  const path = pathOf(url);
  if (method === 'POST' && /^\/endpoints\/[^/]+\/invocations$/.test(path)) return 'InvokeEndpoint';
  if (method === 'POST' && /^\/endpoints\/[^/]+\/invocations-response-stream$/.test(path)) return 'InvokeEndpointWithResponseStream';
  return `${method} ${path}`;
}

function verb(method: string): string {
  return method.charAt(0) + method.slice(1).toLowerCase();
}

function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}
