import type { S3Client } from '@aws-sdk/client-s3';
import {
  awsClientConfig,
  createRoutingTableDocument,
  describeError,
  type LoadedTable,
  limitCalls,
  logger,
  readEnvironment,
} from '@signalbox/runtime';
import type { TablePort } from '../check-against-table.ts';

/** The default policy compiled at build time (tools/bundle.mjs): the table of a cold start that can reach neither AppConfig nor S3. */
declare const ROUTING_TABLE_SNAPSHOT: unknown;

const COPY_KEY = 'routing-table/current.json';

/** The routing table as this process knows it, from the places that the environment names. */
export function createLiveTable(): TablePort & { get(): Promise<LoadedTable> } {
  const environment = readEnvironment(['DATA_BUCKET', 'APPCONFIG_APPLICATION', 'APPCONFIG_ENVIRONMENT', 'APPCONFIG_PROFILE']);
  const table = createRoutingTableDocument({
    application: environment.APPCONFIG_APPLICATION,
    environment: environment.APPCONFIG_ENVIRONMENT,
    profile: environment.APPCONFIG_PROFILE,
    readCopy: () => readCopy(environment.DATA_BUCKET),
    snapshot: ROUTING_TABLE_SNAPSHOT,
    onError: (error) =>
      logger.warn('The routing table could not be refreshed; the last good one stays in use', { error: describeError(error) }),
  });
  // A flood of unknown routes must not become a flood of configuration requests.
  return { get: table.get, refresh: limitCalls({ call: table.refresh, everyMs: 1_000, now: Date.now }) };
}

/** Read only by a cold start that cannot reach AppConfig, so the client lives no longer than that. */
async function readCopy(bucket: string): Promise<string | undefined> {
  const sdk = await import('@aws-sdk/client-s3');
  const client: S3Client = new sdk.S3Client(awsClientConfig({ requestTimeoutMs: 3_000 }));
  try {
    const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: COPY_KEY }));
    return await Body?.transformToString();
  } finally {
    client.destroy();
  }
}
