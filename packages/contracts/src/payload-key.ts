import type { ClaimCheck } from './inference-request.ts';

/** Where a tenant's payloads lie in the data bucket. */
export function payloadPrefix(tenant: string): string {
  return `payloads/${tenant}/`;
}

/** True when a claim check points into the tenant's own part of the installation's own bucket. */
export function isOwnPayload(check: Pick<ClaimCheck, 'key' | 'bucket'>, { tenant, bucket }: { tenant: string; bucket: string }): boolean {
  if (check.bucket !== undefined && check.bucket !== bucket) return false;
  if (!check.key.startsWith(payloadPrefix(tenant))) return false;
  return check.key.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !hasControlOrEscape(part));
}

function hasControlOrEscape(part: string): boolean {
  return [...part].some((character) => character < ' ' || character === '\u007f') || /%2f|%5c|\\/i.test(part);
}
