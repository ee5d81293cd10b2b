import { type AwsCall, AwsError } from '../service.ts';
import type { S3Store } from '../sqs/fauxqs.ts';

/** Conditional writes, which fauxqs 2.4.1 ignores: `If-None-Match: *` creates only, `If-Match` replaces only what it names. */
export function checkConditions({ method, url, headers }: AwsCall, store: S3Store): void {
  const ifMatch = headers['if-match'];
  const createOnly = headers['if-none-match'] === '*';
  if (method !== 'PUT' || (!createOnly && ifMatch === undefined)) return;
  const etag = currentEtag(url, store);
  if (createOnly && etag !== undefined) throw failed();
  if (ifMatch !== undefined && etag !== undefined && unquoted(etag) !== unquoted(ifMatch)) throw failed();
  if (ifMatch !== undefined && etag === undefined)
    throw new AwsError({ code: 'NoSuchKey', message: 'The specified key does not exist.', status: 404 });
}

function currentEtag(url: string, store: S3Store): string | undefined {
  const [, bucket = '', ...rest] = new URL(url, 'http://s3').pathname.split('/');
  const key = decodeURIComponent(rest.join('/'));
  if (!store.hasBucket(bucket)) return undefined;
  try {
    return store.headObject(bucket, key).etag;
  } catch (error) {
    if ((error as { statusCode?: unknown }).statusCode === 404) return undefined;
    throw error;
  }
}

function unquoted(etag: string): string {
  return etag.replaceAll('"', '');
}

function failed(): AwsError {
  return new AwsError({
    code: 'PreconditionFailed',
    message: 'At least one of the pre-conditions you specified did not hold',
    status: 412,
  });
}
