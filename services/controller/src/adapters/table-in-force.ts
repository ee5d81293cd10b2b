import { GetObjectCommand, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import { RoutingTable } from '@signalbox/contracts';
import { awsClientConfig, createLiveDocument, describeError, type LiveDocument, logger } from '@signalbox/runtime';
import { ContractError, UnavailableError } from '@signalbox/runtime/errors';
import type { ReadTable } from '../ports.ts';

/** The platform writes it at the end of each release (services/platform). */
const KEY = 'routing-table/current.json';
const SOFT_AGE_MS = 30_000;
const HARD_AGE_MS = 120_000;

/**
 * The routing table that is in force everywhere: the copy in S3, and not AppConfig's answer to this process. While a release is rolled out,
 * AppConfig gives some processes the new table and others the old one. Those who judge would forget each other's targets in turn.
 */
export function createReadTable({ bucket }: { bucket: string }): ReadTable {
  const client = new S3Client(awsClientConfig({ requestTimeoutMs: 3_000, maxAttempts: 3 }));
  let last: { text: string; table: RoutingTable } | undefined;

  const document: LiveDocument<RoutingTable> = createLiveDocument({
    async load() {
      const text = await readText(client, bucket);
      if (text === last?.text) return { kind: 'unchanged' };
      last = { text, table: parseTable(text) };
      return { kind: 'value', value: last.table };
    },
    // Nothing can be done without it, so a cold start waits for S3 as long as S3's own time limits let it.
    async initial() {
      await document.refresh();
      if (last) return last.table;
      throw new UnavailableError({
        message: `There is no routing table at ${KEY} in bucket ${bucket}, so nothing is judged. Release one with "signalbox policy deploy".`,
      });
    },
    softAgeMs: SOFT_AGE_MS,
    hardAgeMs: HARD_AGE_MS,
    onError: (error) => logger.warn('The routing table could not be read; the last good one stays in use', { error: describeError(error) }),
  });
  return document.get;
}

async function readText(client: S3Client, bucket: string): Promise<string> {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: KEY }));
    return (await Body?.transformToString()) ?? '';
  } catch (error) {
    const what = error instanceof NoSuchKey ? 'has no' : 'could not give the';
    throw new UnavailableError({ message: `Bucket ${bucket} ${what} routing table (${KEY}).`, cause: error });
  }
}

function parseTable(text: string): RoutingTable {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ContractError({ message: `The routing table at ${KEY} is not JSON.`, cause });
  }
  const parsed = RoutingTable.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ContractError({ message: `The routing table at ${KEY} is not valid at ${issue?.path.join('.')}.`, cause: parsed.error });
}
