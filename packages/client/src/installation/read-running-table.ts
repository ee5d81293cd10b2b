import { RoutingTable } from '@signalbox/contracts';
import { getDeployment } from '../releases/deployments.ts';
import { readVersion } from '../releases/hosted-versions.ts';
import { tableInForce } from '../releases/table-in-force.ts';
import type { Installation } from '../releases/types.ts';

/** The routing table in force: everywhere, or while a release is under way where that did not reach yet. */
export type RunningTable = { table: RoutingTable; number: number; since: Date | undefined };

/** Undefined when nothing was released yet. */
export async function readRunningTable(installation: Installation): Promise<RunningTable | undefined> {
  const inForce = await tableInForce(installation);
  if (!inForce) return undefined;
  const [text, deployment] = await Promise.all([
    readVersion(installation, inForce.hostedVersion),
    getDeployment(installation, inForce.number),
  ]);
  const parsed = RoutingTable.safeParse(parseJson(text));
  if (!parsed.success)
    throw new Error(
      `The table in force on ${installation.name} (hosted version ${inForce.hostedVersion}) is no routing table that this build can read. Update this checkout, or release a policy over it with: signalbox policy deploy`,
    );
  return { table: parsed.data, number: inForce.number, since: deployment.CompletedAt };
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    // Not JSON is no routing table: the caller says so.
    return undefined;
  }
}
