import type { DeploymentSummary } from '@aws-sdk/client-appconfig';
import { getDeployment, tableVersionOf } from './deployments.ts';
import type { Installation } from './types.ts';

/** A release under way in words: number, table, whose, how far, since when. */
export async function describeRunning(installation: Installation, running: DeploymentSummary): Promise<string> {
  const { DeploymentNumber: number = 0, VersionLabel, ConfigurationName, State, PercentageComplete = 0, StartedAt } = running;
  const { Description } = await getDeployment(installation, number);
  const what = tableVersionOf(VersionLabel) ?? ConfigurationName ?? 'something else';
  const since = StartedAt === undefined ? '' : `, since ${StartedAt.toISOString()}`;
  return `number ${number}, ${what}, ${Description || 'without a description'}, ${State?.toLowerCase()} at ${PercentageComplete} %${since}`;
}
