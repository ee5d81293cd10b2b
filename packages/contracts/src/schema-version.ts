/** The contract version that this build writes and reads, `major.minor`. */
export const SCHEMA_VERSION = '1.0';

/**
 * The version of the routing table that this build reads, which each reading service publishes. Since 1.1 it has targets of three kinds, routes for
 * embeddings, rescue and guardrails.
 */
export const TABLE_SCHEMA_VERSION = '1.1';

export type VersionRelation = 'same-or-older-minor' | 'newer-minor' | 'newer-major' | 'older-major' | 'malformed';

/** How a document's version stands to ours: older minors are read strictly, newer minors tolerantly, other majors not at all. */
export function compareSchemaVersion(theirs: unknown, ours: string = SCHEMA_VERSION): VersionRelation {
  const match = typeof theirs === 'string' ? /^(\d{1,4})\.(\d{1,4})$/.exec(theirs) : null;
  if (!match) return 'malformed';
  const [major, minor] = [Number(match[1]), Number(match[2])];
  const [ourMajor, ourMinor] = ours.split('.').map(Number) as [number, number];
  if (major > ourMajor) return 'newer-major';
  if (major < ourMajor) return 'older-major';
  return minor > ourMinor ? 'newer-minor' : 'same-or-older-minor';
}
