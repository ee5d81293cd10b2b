import { isDeepStrictEqual } from 'node:util';
import { ConflictException, type DeploymentSummary } from '@aws-sdk/client-appconfig';
import type { RoutingTable } from '@signalbox/contracts';
import { checkRelease } from './check-release.ts';
import { isInFlight, labelOf, listDeployments, tableVersionOf } from './deployments.ts';
import { describeRelease } from './describe-release.ts';
import { describeRunning } from './describe-running.ts';
import { type FollowOptions, followRelease, howToGoOn } from './follow-release.ts';
import { createVersion, type HostedVersion, listVersions, readVersion } from './hosted-versions.ts';
import { ReleaseError } from './release-error.ts';
import { startRelease, validateVersion } from './start-release.ts';
import { stopRelease } from './stop-release.ts';
import { tableInForce } from './table-in-force.ts';
import type { Installation, ReleaseOutcome } from './types.ts';

export type DeployOptions = Omit<FollowOptions, 'number'> & {
  table: RoutingTable;
  /** What the history shows. */
  description?: string;
  /** Everywhere at once, without steps and alarms, after ending a release that is under way. */
  emergency?: boolean;
  /** The version that the caller takes to be in force; another one is a conflict. */
  expectVersion?: string;
  /** False starts the release and leaves it. */
  follow?: boolean;
};

/**
 * Releases a routing table: checks it against the installation, writes it as a hosted version on condition that nobody else wrote one
 * since, deploys it in steps and watches it to its end.
 */
export async function deployTable(installation: Installation, options: DeployOptions): Promise<ReleaseOutcome> {
  const { table, emergency = false } = options;
  checkRelease(installation, table);
  const versions = await listVersions(installation);
  const deployments = await listDeployments(installation);
  const inForce = await tableInForce(installation);
  checkExpected(options.expectVersion, inForce?.tableVersion);
  const running = deployments.find(isInFlight);
  if (running && isSame(running, table, installation) && !emergency) return watch(installation, running.DeploymentNumber ?? 0, options);
  if (running && !emergency) throw await busy(installation, running);
  if (!running && inForce?.tableVersion === table.version)
    return { kind: 'unchanged', tableVersion: table.version, number: inForce.number };
  const number = await start({ installation, options, versions, deployments, running });
  return watch(installation, number, options);
}

type Start = {
  installation: Installation;
  options: DeployOptions;
  versions: readonly HostedVersion[];
  deployments: readonly DeploymentSummary[];
  running: DeploymentSummary | undefined;
};

async function start({ installation, options, versions, deployments, running }: Start): Promise<number> {
  const { table, emergency = false } = options;
  const description = describeRelease(options.description);
  const hostedVersion = await findOrCreate(installation, { table, versions, description });
  if (running) {
    // A table that is refused must not end the release under way.
    await validateVersion(installation, hostedVersion);
    await stopRelease(installation, running.DeploymentNumber ?? 0);
  }
  const latestNumber = deployments[0]?.DeploymentNumber ?? 0;
  return startRelease(installation, { hostedVersion, strategy: emergency ? 'emergency' : 'staged', description, latestNumber });
}

type Wanted = { table: RoutingTable; versions: readonly HostedVersion[]; description: string };

/**
 * The same policy has the same version: what was written before is released as it is. A version that is then refused stays, until it is
 * pruned: deleting the latest one would take the lock of the next writer away.
 */
async function findOrCreate(installation: Installation, { table, versions, description }: Wanted): Promise<number> {
  const existing = versions.find(({ VersionLabel }) => VersionLabel === labelOf(table.version));
  if (existing) {
    await checkSame(installation, existing, table);
    return existing.VersionNumber;
  }
  try {
    return await createVersion(installation, { table, latest: versions[0]?.VersionNumber ?? 0, description });
  } catch (error) {
    if (error instanceof ConflictException) throw await overtaken(installation, error);
    throw error;
  }
}

async function checkSame(installation: Installation, { VersionNumber }: HostedVersion, table: RoutingTable): Promise<void> {
  const text = await readVersion(installation, VersionNumber);
  if (text !== undefined && isDeepStrictEqual(JSON.parse(text), JSON.parse(JSON.stringify(table)))) return;
  throw new ReleaseError({
    kind: 'conflict',
    message: `${installation.name} has another table under the version ${table.version} (hosted version ${VersionNumber}). A version is a hash of the content: compile the policy, and change no table by hand.`,
  });
}

async function overtaken(installation: Installation, cause: ConflictException): Promise<ReleaseError> {
  const [latest] = await listVersions(installation);
  const who = latest
    ? `${tableVersionOf(latest.VersionLabel) ?? `hosted version ${latest.VersionNumber}`}, ${latest.Description ?? 'without a description'}`
    : cause.message;
  return new ReleaseError({
    kind: 'conflict',
    message: `Somebody else wrote a routing table to ${installation.name} meanwhile: ${who}. Bring that change into your policy, then deploy again.`,
    cause,
  });
}

function checkExpected(expected: string | undefined, inForce: string | undefined): void {
  if (expected === undefined || inForce === expected) return;
  throw new ReleaseError({
    kind: 'conflict',
    message: `The table in force is ${inForce ?? 'none'}, not ${expected}: somebody else released one. Bring that change into your policy, then deploy again.`,
  });
}

function isSame({ ConfigurationProfileId, VersionLabel }: DeploymentSummary, table: RoutingTable, { profileId }: Installation): boolean {
  return ConfigurationProfileId === profileId && VersionLabel === labelOf(table.version);
}

async function busy(installation: Installation, running: DeploymentSummary): Promise<ReleaseError> {
  return new ReleaseError({
    kind: 'busy',
    message: `A release is under way: ${await describeRunning(installation, running)}. Wait for its end, end it with "signalbox policy rollback", or deploy with --emergency, which ends it and releases yours everywhere at once.`,
  });
}

async function watch(installation: Installation, number: number, options: DeployOptions): Promise<ReleaseOutcome> {
  if (options.follow !== false) return followRelease(installation, { ...options, number });
  const { version: tableVersion } = options.table;
  return { kind: 'under-way', number, tableVersion, state: 'DEPLOYING', percentage: 0, notes: [howToGoOn(number)] };
}
