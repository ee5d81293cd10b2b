import { RoutingTable } from '@signalbox/contracts';
import { isOfProfile, listDeployments, tableVersionOf } from './deployments.ts';
import { readVersion } from './hosted-versions.ts';
import type { Installation } from './types.ts';

export type TableInForce = { tableVersion: string | undefined; hostedVersion: number; number: number };

/** The table of the last release that was completed and not undone; with `before`, of those before that release. */
export async function tableInForce(
  installation: Installation,
  { before = Number.POSITIVE_INFINITY } = {},
): Promise<TableInForce | undefined> {
  const found = (await listDeployments(installation))
    .filter(isOfProfile(installation))
    .find(({ State, DeploymentNumber = 0 }) => State === 'COMPLETE' && DeploymentNumber < before);
  if (found === undefined) return undefined;
  const hostedVersion = Number(found.ConfigurationVersion);
  const tableVersion = tableVersionOf(found.VersionLabel) ?? versionIn(await readVersion(installation, hostedVersion));
  return { tableVersion, hostedVersion, number: found.DeploymentNumber ?? 0 };
}

/** The version that a table says it has; undefined where nobody labelled it and it is no table or is pruned. */
function versionIn(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return RoutingTable.parse(JSON.parse(text)).version;
  } catch {
    // Released by hand, past the validator of this version: it has no version that could be named.
    return undefined;
  }
}
