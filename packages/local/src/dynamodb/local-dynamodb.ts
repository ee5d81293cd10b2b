import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { parseJsonBody } from '../http/json-body.ts';
import { AwsError, type AwsReply, type AwsService, type Log, notImplemented } from '../service.ts';
import { type Dynalite, openDynalite } from './dynalite.ts';
import { checkSameTable, type TableProperties, toCreateTable } from './table-properties.ts';
import { createTimeToLive, type TimeToLive } from './time-to-live.ts';

/** DynamoDB in this process. */
export type LocalDynamoDb = {
  service: AwsService;
  /** The same operations without the wire. Throws `AwsError` where a client would see an error. */
  // biome-ignore lint/suspicious/noExplicitAny: the answer is what the operation's AWS documentation says.
  call(operation: string, parameters: object): Promise<any>;
  /** Creates the table, or keeps the one that is there; refuses when its keys or indexes differ. */
  createTable(name: string, properties: TableProperties): Promise<{ arn: string }>;
  close(): Promise<void>;
};

export type LocalDynamoDbOptions = {
  region: string;
  accountId: string;
  directory?: string | undefined;
  log: Log;
  now?: () => number;
  /** How often expired items are deleted. */
  sweepMs?: number;
};

const SWEEP_MS = 30_000;

/** Starts DynamoDB; with a directory its tables outlive the process. */
export async function createLocalDynamoDb({
  region,
  accountId,
  directory,
  log,
  now = Date.now,
  sweepMs = SWEEP_MS,
}: LocalDynamoDbOptions): Promise<LocalDynamoDb> {
  const dynalite = await openDynalite({ directory, region, accountId });
  const onError = (error: unknown) =>
    log({ source: 'dynamodb', level: 'error', message: `Deleting expired items failed: ${String(error)}` });
  const timeToLive = await createTimeToLive({ dynalite, now, sweepMs, onError });
  const call = (operation: string, parameters: object) => perform({ operation, parameters, dynalite, timeToLive });
  return {
    call,
    service: { name: 'dynamodb', handle: async ({ operation, body }) => toReply(await call(operation, parseJsonBody(body))) },
    async createTable(name, properties) {
      const existing = await describe(call, name);
      if (existing) await keep({ existing, name, properties, dynalite });
      else await call('CreateTable', toCreateTable(name, properties));
      while ((await describe(call, name))?.TableStatus !== 'ACTIVE') await sleep(1);
      const attribute = properties.TimeToLiveSpecification;
      if (attribute) await timeToLive.set(name, String(attribute.Enabled) === 'true' ? attribute.AttributeName : undefined);
      return { arn: `arn:aws:dynamodb:${region}:${accountId}:table/${name}` };
    },
    async close() {
      await timeToLive.stop();
      await dynalite.close();
    },
  };
}

type Performance = { operation: string; parameters: object; dynalite: Dynalite; timeToLive: TimeToLive };

async function perform({ operation, parameters, dynalite, timeToLive }: Performance): Promise<Record<string, unknown>> {
  if (dynalite.has(operation)) {
    const reply = await dynalite.call(operation, parameters);
    if (operation === 'DeleteTable') await timeToLive.set(tableOf(parameters), undefined);
    return reply;
  }
  const shim = SHIMS[operation];
  if (!shim) throw notImplemented('dynamodb', operation);
  await dynalite.call('DescribeTable', { TableName: tableOf(parameters) });
  return shim(parameters, timeToLive);
}

/** What dynalite lacks and the stack's callers use. */
const SHIMS: Readonly<Record<string, (parameters: object, timeToLive: TimeToLive) => Promise<Record<string, unknown>>>> = {
  async UpdateTimeToLive(parameters, timeToLive) {
    const { TimeToLiveSpecification: wanted } = parameters as { TimeToLiveSpecification?: { AttributeName?: string; Enabled?: boolean } };
    if (!wanted?.AttributeName)
      throw new AwsError({ code: 'ValidationException', message: 'TimeToLiveSpecification.AttributeName is missing.' });
    await timeToLive.set(tableOf(parameters), wanted.Enabled ? wanted.AttributeName : undefined);
    return { TimeToLiveSpecification: wanted };
  },
  async DescribeTimeToLive(parameters, timeToLive) {
    const attribute = timeToLive.attributeOf(tableOf(parameters));
    const description =
      attribute === undefined ? { TimeToLiveStatus: 'DISABLED' } : { TimeToLiveStatus: 'ENABLED', AttributeName: attribute };
    return { TimeToLiveDescription: description };
  },
  DescribeContinuousBackups: async () => CONTINUOUS_BACKUPS,
  UpdateContinuousBackups: async () => CONTINUOUS_BACKUPS,
};

/** Backups are accepted and have no effect. */
const CONTINUOUS_BACKUPS = {
  ContinuousBackupsDescription: {
    ContinuousBackupsStatus: 'ENABLED',
    PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
  },
};

async function describe(call: LocalDynamoDb['call'], name: string): Promise<Record<string, unknown> | undefined> {
  try {
    const { Table } = await call('DescribeTable', { TableName: name });
    return Table;
  } catch (error) {
    if (error instanceof AwsError && error.code.endsWith('ResourceNotFoundException')) return undefined;
    throw error;
  }
}

async function keep({
  existing,
  name,
  properties,
  dynalite,
}: {
  existing: Record<string, unknown>;
  name: string;
  properties: TableProperties;
  dynalite: Dynalite;
}) {
  checkSameTable({ existing, name, properties });
  if (existing.TableStatus !== 'ACTIVE') await dynalite.activateTable(existing);
}

function tableOf(parameters: object): string {
  return String((parameters as { TableName?: unknown }).TableName ?? '');
}

/** With the checksum that other languages' clients verify. */
function toReply(value: unknown): AwsReply {
  const body = Buffer.from(JSON.stringify(value));
  return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-crc32': String(crc32(body)) }, body };
}
