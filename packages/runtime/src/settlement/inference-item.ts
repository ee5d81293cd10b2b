import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { InferenceRecord, InferenceStatus } from '@signalbox/contracts';
import { ContractError } from '../errors.ts';

/** An inference as the table holds it, read. */
export type InferenceItem = {
  key: string;
  status: InferenceStatus;
  /** The SQS message that owns it. */
  owner?: string;
  hash?: string;
  fence?: string;
  deferrals: number;
  /** Milliseconds since the epoch. */
  deadline?: number;
  acceptedAt?: number;
  route?: string;
  priority?: string;
  labels?: Record<string, string>;
  /** How it ended; only when terminal. */
  record?: InferenceRecord;
  /** JSON of the output, or the S3 key where it lies. */
  output?: string;
  outputKey?: string;
  /** S3 key of the content that it came with by claim check. */
  payloadKey?: string;
};

export type DynamoItem = Record<string, AttributeValue>;

/** One item per tenant and id. */
export function inferenceKey(tenant: string, id: string): string {
  return `${tenant}#${id}`;
}

/** The tenant and id of a key; a tenant has no `#`. */
export function parseInferenceKey(key: string): { tenant: string; id: string } {
  const at = key.indexOf('#');
  return { tenant: key.slice(0, at), id: key.slice(at + 1) };
}

/** Reads an item of the table; a broken one is a ContractError that names it. */
export function readInferenceItem(item: DynamoItem): InferenceItem {
  const key = text(item, 'pk') ?? '';
  const status = InferenceStatus.safeParse(text(item, 'status'));
  if (!status.success) throw new ContractError({ message: `Inference ${key} has no valid status in the table.` });
  const record = text(item, 'record');
  return definedOnly({
    key,
    status: status.data,
    owner: text(item, 'owner'),
    hash: text(item, 'hash'),
    fence: text(item, 'fence'),
    deferrals: number(item, 'deferrals') ?? 0,
    deadline: number(item, 'deadline'),
    acceptedAt: number(item, 'acceptedAt'),
    route: text(item, 'route'),
    priority: text(item, 'priority'),
    labels: parseJson<Record<string, string>>(text(item, 'labels')),
    record: record === undefined ? undefined : readRecord(key, record),
    output: text(item, 'output'),
    outputKey: text(item, 'outputKey'),
    payloadKey: text(item, 'payloadKey'),
  });
}

function readRecord(key: string, json: string): InferenceRecord {
  const parsed = InferenceRecord.safeParse(JSON.parse(json));
  if (!parsed.success)
    throw new ContractError({ message: `The record of inference ${key} does not have its promised shape.`, cause: parsed.error });
  return parsed.data;
}

function parseJson<T>(json: string | undefined): T | undefined {
  return json === undefined ? undefined : (JSON.parse(json) as T);
}

function text(item: DynamoItem, name: string): string | undefined {
  return item[name]?.S;
}

function number(item: DynamoItem, name: string): number | undefined {
  const value = item[name]?.N;
  return value === undefined ? undefined : Number(value);
}

/** Drops members that are undefined, so that optional properties are absent. */
function definedOnly<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
