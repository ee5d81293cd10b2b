import { ContractError } from '@signalbox/runtime/errors';
import { EMPTY_STATE, LimitsState } from '../core/limits-state.ts';
import type { Versioned } from '../ports.ts';
import { TenantLimits } from '../tenant-limits.ts';

/** An item as DynamoDB gives it. */
export type DynamoItem = Readonly<Record<string, { S?: string; N?: string } | undefined>>;

const KEPT_SECONDS = 62 * 24 * 60 * 60;
const TENANT_PREFIX = 'tenant#';

/** The limits of a tenant: written by operators alone. */
export function limitsKey(tenant: string) {
  return { pk: { S: `${TENANT_PREFIX}${tenant}` }, sk: { S: 'limits' } };
}

/** What is used and held of them: written by the processes that spend. */
export function stateKey(tenant: string) {
  return { pk: { S: `state#${tenant}` }, sk: { S: 'leases' } };
}

export function isLimitsItem(item: DynamoItem): boolean {
  return item.pk?.S?.startsWith(TENANT_PREFIX) === true && item.sk?.S === 'limits';
}

export function readLimitsItem(item: DynamoItem): TenantLimits {
  return parse(TenantLimits, item, 'limits');
}

export function readStateItem(item: DynamoItem | undefined): Versioned {
  if (!item) return { state: EMPTY_STATE, seq: 0 };
  return { state: parse(LimitsState, item, 'leases'), seq: Number(item.seq?.N) };
}

/** Past a month's end nothing of it is asked for. */
export function stateExpiry(now: number) {
  return { N: String(Math.ceil(now / 1_000) + KEPT_SECONDS) };
}

type Schema<T> = { parse(value: unknown): T };

function parse<T>(schema: Schema<T>, item: DynamoItem, what: string): T {
  try {
    return schema.parse(JSON.parse(item.value?.S ?? ''));
  } catch (cause) {
    throw new ContractError({ message: `The item ${item.pk?.S} (${what}) of the limits table does not have its promised shape.`, cause });
  }
}
