import { buildApp } from 'fauxqs';
import { MAX_BODY_BYTES } from '../http/read-body.ts';
import { type AwsCall, AwsError, type AwsReply, type AwsService, notImplemented } from '../service.ts';
import { newS3Store, newSnsStore, newSqsStore, openPersistence, type Persistence, type S3Store } from '../sqs/fauxqs.ts';
import { checkConditions } from './check-conditions.ts';
import { unsupportedSubresource } from './unsupported-subresource.ts';

/** S3 in this process. */
export type LocalS3 = {
  service: AwsService;
  /** Creates the bucket unless it is there. */
  createBucket(name: string): void;
  putObject(bucket: string, key: string, body: Buffer | string, contentType: string): void;
  close(): Promise<void>;
};

/** Starts S3; with a directory its buckets and objects outlive the process. */
export async function createLocalS3({ directory }: { directory?: string | undefined }): Promise<LocalS3> {
  const store = await newS3Store();
  const persistence = directory === undefined ? undefined : await restore(store, directory);
  const app = await createApp(store);
  return {
    service: { name: 's3', handle: (call) => handle(call, { app, store }) },
    createBucket: (name) => {
      if (!store.hasBucket(name)) store.createBucket(name);
    },
    putObject: (bucket, key, body, contentType) => {
      store.putObject(bucket, key, Buffer.from(body), contentType);
    },
    close: async () => {
      await app.close();
      persistence?.close();
    },
  };
}

type App = ReturnType<typeof buildApp>;

async function createApp(store: S3Store): Promise<{ inject: App['inject']; close(): Promise<void> }> {
  const app = buildApp({ logger: false, stores: { s3Store: store, sqsStore: await newSqsStore(), snsStore: await newSnsStore() } });
  // Its own limit is 11 MiB and it parses what looks like a call of another service: an object is bytes whatever its type says.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES }, (_request, body, done) => done(null, body));
  return { inject: app.inject.bind(app) as App['inject'], close: async () => void (await app.close()) };
}

async function restore(store: S3Store, directory: string): Promise<Persistence> {
  const persistence = await openPersistence(directory);
  persistence.loadS3(store);
  store.persistence = persistence;
  return persistence;
}

async function handle(call: AwsCall, { app, store }: { app: Awaited<ReturnType<typeof createApp>>; store: S3Store }): Promise<AwsReply> {
  const unsupported = unsupportedSubresource(call);
  if (unsupported) throw notImplemented('s3', `${call.method} ?${unsupported}`);
  checkConditions(call, store);
  const response = await app.inject({
    method: call.method as 'GET',
    url: call.url,
    // Path-style whatever host the caller used: with a name in it, fauxqs would take the name for a bucket.
    headers: { ...withoutTransport(call.headers), host: '127.0.0.1' },
    payload: call.body,
  });
  if (response.statusCode >= 500) throw new AwsError({ code: 'InternalError', message: response.payload, status: 500 });
  return { status: response.statusCode, headers: toHeaders(response.headers), body: call.method === 'HEAD' ? '' : response.rawPayload };
}

function withoutTransport(headers: AwsCall['headers']): AwsCall['headers'] {
  const { 'transfer-encoding': _encoding, connection: _connection, expect: _expect, ...rest } = headers;
  return rest;
}

function toHeaders(headers: Record<string, unknown>): Record<string, string> {
  const kept = Object.entries(headers).filter(
    ([name, value]) => value !== undefined && name !== 'connection' && name !== 'transfer-encoding',
  );
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}
