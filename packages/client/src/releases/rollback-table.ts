import type { DeploymentSummary } from '@aws-sdk/client-appconfig';
import { isInFlight, isOfProfile, listDeployments, tableVersionOf } from './deployments.ts';
import { describeRelease } from './describe-release.ts';
import { type FollowOptions, followRelease } from './follow-release.ts';
import { listVersions, readVersion } from './hosted-versions.ts';
import { publishReverted } from './publish-reverted.ts';
import { ReleaseError } from './release-error.ts';
import { startRelease } from './start-release.ts';
import { stopRelease } from './stop-release.ts';
import { writeCopy } from './table-copy.ts';
import { type TableInForce, tableInForce } from './table-in-force.ts';
import type { Installation, ReleaseOutcome } from './types.ts';

export type RollbackOptions = Omit<FollowOptions, 'number'> & {
  /** A version of a table that was released before, or its unique beginning; without it the one before the last release. */
  toVersion?: string;
  /** What the history shows. */
  description?: string;
};

/**
 * Goes back: ends the release under way; or, when there is none, takes back the last one, as AppConfig can for 72 hours, and otherwise
 * releases the table before it, or the named one, again, everywhere at once.
 */
export async function rollbackTable(installation: Installation, options: RollbackOptions = {}): Promise<ReleaseOutcome> {
  const deployments = await listDeployments(installation);
  const running = deployments.find((deployment) => isInFlight(deployment) && isOfProfile(installation)(deployment));
  const current = await tableInForce(installation);
  if (options.toVersion !== undefined) return releaseAgain(installation, { ...options, toVersion: options.toVersion, running, current });
  if (running !== undefined) return endRunning(installation, running, options);
  if (current === undefined) throw nothingToGoBackTo(installation);
  const previous = await tableInForce(installation, { before: current.number });
  if (previous === undefined) throw nothingToGoBackTo(installation);
  if (await stopRelease(installation, current.number, { revert: true })) return told(installation, { current, previous });
  return again(installation, previous.hostedVersion, {
    ...options,
    description: options.description ?? `back from ${current.tableVersion}`,
  });
}

async function endRunning(installation: Installation, running: DeploymentSummary, options: RollbackOptions): Promise<ReleaseOutcome> {
  const number = running.DeploymentNumber ?? 0;
  await stopRelease(installation, number);
  return followRelease(installation, { ...options, number });
}

/** AppConfig is not known to call extensions when a complete deployment is taken back: this does what they would. */
async function told(installation: Installation, tables: { current: TableInForce; previous: TableInForce }): Promise<ReleaseOutcome> {
  const { current, previous } = tables;
  const content = await readVersion(installation, previous.hostedVersion);
  const notes = [
    ...(content === undefined ? [] : await writeCopy(installation, content)),
    ...(await publishReverted(installation, { ...tables, now: Date.now() })),
  ];
  return {
    kind: 'rolled-back',
    number: current.number,
    tableVersion: current.tableVersion ?? `version ${current.hostedVersion}`,
    inForce: previous.tableVersion,
    because: 'taken back by hand',
    notes,
  };
}

type Again = RollbackOptions & { toVersion: string; running: DeploymentSummary | undefined; current: TableInForce | undefined };

async function releaseAgain(installation: Installation, { toVersion, running, current, ...options }: Again): Promise<ReleaseOutcome> {
  const wanted = await findVersion(installation, toVersion);
  if (running !== undefined) {
    const outcome = await endRunning(installation, running, options);
    if (current?.hostedVersion === wanted.hostedVersion) return outcome;
  } else if (current?.hostedVersion === wanted.hostedVersion) {
    return { kind: 'unchanged', tableVersion: wanted.tableVersion, number: current.number };
  }
  return again(installation, wanted.hostedVersion, { ...options, description: options.description ?? `back to ${wanted.tableVersion}` });
}

async function again(installation: Installation, hostedVersion: number, options: RollbackOptions): Promise<ReleaseOutcome> {
  const latestNumber = (await listDeployments(installation))[0]?.DeploymentNumber ?? 0;
  const description = describeRelease(options.description);
  const number = await startRelease(installation, { hostedVersion, strategy: 'emergency', description, latestNumber });
  return followRelease(installation, { ...options, number });
}

async function findVersion(installation: Installation, wanted: string): Promise<{ hostedVersion: number; tableVersion: string }> {
  const versions = (await listVersions(installation)).map(({ VersionLabel, VersionNumber }) => ({
    hostedVersion: VersionNumber,
    tableVersion: tableVersionOf(VersionLabel) ?? '',
  }));
  const matching = versions.filter(({ tableVersion }) => tableVersion.startsWith(wanted));
  const found = matching.find(({ tableVersion }) => tableVersion === wanted) ?? matching[0];
  if (found === undefined) {
    throw new ReleaseError({
      kind: 'not-found',
      message: `${installation.name} has no table ${wanted} any more. See "signalbox policy history", or check the policy of that time out and deploy it.`,
    });
  }
  if (matching.length === 1 || found.tableVersion === wanted) return found;
  const names = matching.map(({ tableVersion }) => tableVersion).join(', ');
  throw new ReleaseError({ kind: 'not-found', message: `${wanted} begins several tables: ${names}. Write one of them.` });
}

function nothingToGoBackTo({ name }: Installation): ReleaseError {
  return new ReleaseError({
    kind: 'not-found',
    message: `${name} has no earlier routing table to go back to. Correct the policy and deploy it, with --emergency if it is urgent.`,
  });
}
