import type { AwsCall } from '../service.ts';

/** Without this list fauxqs would take `PUT /bucket/key?tagging` for a new object and `PUT /bucket?versioning` for a new bucket. */
const UNSUPPORTED = [
  'accelerate',
  'acl',
  'analytics',
  'cors',
  'encryption',
  'intelligent-tiering',
  'inventory',
  'legal-hold',
  'location',
  'logging',
  'metrics',
  'notification',
  'object-lock',
  'ownershipControls',
  'policy',
  'policyStatus',
  'publicAccessBlock',
  'replication',
  'requestPayment',
  'restore',
  'retention',
  'select',
  'tagging',
  'torrent',
  'versionId',
  'versioning',
  'versions',
  'website',
] as const;

/** The part of a bucket or object that the call is about and the stack does not have; nothing for a plain call. */
export function unsupportedSubresource({ url }: Pick<AwsCall, 'url'>): string | undefined {
  const start = url.indexOf('?');
  if (start === -1) return undefined;
  const query = new URLSearchParams(url.slice(start));
  return UNSUPPORTED.find((name) => query.has(name));
}
