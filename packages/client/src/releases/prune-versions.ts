import type { DeploymentSummary } from '@aws-sdk/client-appconfig';
import { isInFlight, isOfProfile, listDeployments } from './deployments.ts';
import { deleteVersion, type HostedVersion, listVersions } from './hosted-versions.ts';
import type { Installation } from './types.ts';

/** Hosted versions that are always kept, newest first. */
const KEEP = 20;
/** AppConfig can revert a deployment that long after its end. */
const REVERTIBLE_MS = 72 * 3_600_000;
/** Deletions per release: the control plane takes ten calls a second. */
const AT_ONCE = 20;

/** Deletes old hosted versions, of which AppConfig keeps so many. Gives what to tell when it could not. */
export async function pruneVersions(installation: Installation, now: number): Promise<string[]> {
  try {
    const deployments = (await listDeployments(installation)).filter(isOfProfile(installation));
    const old = findPrunable({ versions: await listVersions(installation), deployments, now });
    for (const { VersionNumber } of old.slice(0, AT_ONCE)) await deleteVersion(installation, VersionNumber);
    return [];
  } catch (error) {
    return [`Old versions could not be deleted: ${error instanceof Error ? error.message : String(error)}.`];
  }
}

/** Versions beyond the last twenty that are neither in force nor on their way, and were not within 72 hours. */
export function findPrunable({
  versions,
  deployments,
  now,
}: {
  versions: readonly HostedVersion[];
  deployments: readonly DeploymentSummary[];
  now: number;
}): HostedVersion[] {
  const needed = new Set([...neededVersions(deployments, now)].map(Number));
  return [...versions]
    .sort((left, right) => right.VersionNumber - left.VersionNumber)
    .slice(KEEP)
    .filter(({ VersionNumber }) => !needed.has(VersionNumber));
}

/** A release is in force from its end to the end of the next one that was completed; both count as used for 72 hours after that. */
function* neededVersions(deployments: readonly DeploymentSummary[], now: number): Generator<string | undefined> {
  const newestFirst = [...deployments].sort((left, right) => (right.DeploymentNumber ?? 0) - (left.DeploymentNumber ?? 0));
  let replacedAt = Number.POSITIVE_INFINITY;
  for (const deployment of newestFirst) {
    const { State, ConfigurationVersion, CompletedAt } = deployment;
    if (isInFlight(deployment) || replacedAt > now - REVERTIBLE_MS) yield ConfigurationVersion;
    if (State === 'COMPLETE') replacedAt = CompletedAt?.getTime() ?? replacedAt;
  }
}
