import type { DeploymentSummary } from '@aws-sdk/client-appconfig';
import { getDeployment, isOfProfile, listDeployments, rollbackCause, tableVersionOf, toEvents, toState } from './deployments.ts';
import { readVersion } from './hosted-versions.ts';
import { tableInForce } from './table-in-force.ts';
import type { Installation, Release, StrategyName } from './types.ts';

/** The releases of the routing table, newest first. */
export async function listReleases(installation: Installation, { limit = 20 } = {}): Promise<Release[]> {
  const deployments = (await listDeployments(installation)).filter(isOfProfile(installation)).slice(0, limit);
  const inForce = await tableInForce(installation);
  const versions = new Set(deployments.map(({ ConfigurationVersion }) => Number(ConfigurationVersion)));
  const bytes = new Map<number, number>();
  for (const version of versions) {
    const text = await readVersion(installation, version);
    if (text !== undefined) bytes.set(version, Buffer.byteLength(text));
  }
  const releases: Release[] = [];
  for (const deployment of deployments) releases.push(await toRelease(installation, { deployment, bytes, inForce: inForce?.number }));
  return releases;
}

type Input = { deployment: DeploymentSummary; bytes: ReadonlyMap<number, number>; inForce: number | undefined };

async function toRelease(installation: Installation, { deployment, bytes, inForce }: Input): Promise<Release> {
  const { DeploymentNumber: number = 0, VersionLabel, ConfigurationVersion, PercentageComplete = 0, StartedAt, CompletedAt } = deployment;
  const details = await getDeployment(installation, number);
  const state = toState(details.State);
  const isTakenBack = state === 'ROLLING_BACK' || state === 'ROLLED_BACK' || state === 'REVERTED';
  return {
    number,
    tableVersion: tableVersionOf(VersionLabel),
    hostedVersion: Number(ConfigurationVersion),
    state,
    percentage: PercentageComplete,
    startedAt: StartedAt,
    completedAt: CompletedAt,
    strategy: strategyOf(installation, details.DeploymentStrategyId),
    description: details.Description || undefined,
    rolledBackBecause: isTakenBack ? rollbackCause(toEvents(details)) : undefined,
    bytes: bytes.get(Number(ConfigurationVersion)),
    isInForce: number === inForce,
  };
}

function strategyOf({ strategies }: Installation, id: string | undefined): StrategyName | 'other' {
  if (id === strategies.staged) return 'staged';
  return id === strategies.emergency ? 'emergency' : 'other';
}
