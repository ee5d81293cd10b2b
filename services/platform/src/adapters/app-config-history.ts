import {
  AppConfigClient,
  type DeploymentSummary,
  GetDeploymentCommand,
  GetHostedConfigurationVersionCommand,
  paginateListDeployments,
  ResourceNotFoundException,
} from '@aws-sdk/client-appconfig';
import type { ReleasedTable } from '@signalbox/contracts';
import { awsClientConfig } from '@signalbox/runtime';
import { UnavailableError } from '@signalbox/runtime/errors';
import { readTable } from '../read-table.ts';
import type { ReleaseHistory } from '../release-history.ts';
import { rollbackReason } from '../rollback-reason.ts';

type Place = { applicationId: string; environmentId: string; profileId: string };

/** How the command labels hosted versions: `t-<version of the table>`. */
const LABEL = /^t-(.+)$/;

/** AppConfig's own record of the releases of one environment. */
export function createAppConfigHistory({ applicationId, environmentId, profileId }: Place): ReleaseHistory {
  const client = new AppConfigClient(awsClientConfig({ requestTimeoutMs: 5_000, maxAttempts: 4 }));
  const place = { ApplicationId: applicationId, EnvironmentId: environmentId };

  async function content(hostedVersion: number): Promise<string | undefined> {
    try {
      const reply = await client.send(
        new GetHostedConfigurationVersionCommand({
          ApplicationId: applicationId,
          ConfigurationProfileId: profileId,
          VersionNumber: hostedVersion,
        }),
      );
      return Buffer.from(reply.Content ?? []).toString('utf8');
    } catch (error) {
      // Pruned since: its label still says which table it was.
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  async function tableOf({ ConfigurationVersion, VersionLabel }: Pick<DeploymentSummary, 'ConfigurationVersion' | 'VersionLabel'>) {
    const hostedVersion = Number(ConfigurationVersion);
    const labelled = LABEL.exec(VersionLabel ?? '')?.[1];
    return { tableVersion: labelled ?? versionIn(await content(hostedVersion)) ?? 'unknown', hostedVersion };
  }

  async function lastCompleted(matches: (deployment: DeploymentSummary) => boolean): Promise<DeploymentSummary | undefined> {
    for await (const { Items = [] } of paginateListDeployments({ client }, place)) {
      const found = Items.find((item) => isOurs(item, profileId) && item.State === 'COMPLETE' && matches(item));
      if (found) return found;
    }
    return undefined;
  }

  return {
    async deployment(number) {
      const deployment = await client.send(new GetDeploymentCommand({ ...place, DeploymentNumber: number }));
      return {
        number,
        environmentId,
        profileId: deployment.ConfigurationProfileId ?? '',
        state: deployment.State ?? '',
        table: await tableOf(deployment),
        description: deployment.Description || undefined,
        endedAt: deployment.CompletedAt?.getTime() ?? deployment.EventLog?.[0]?.OccurredAt?.getTime(),
        reason: rollbackReason(deployment.EventLog ?? []),
      };
    },
    async inForceBefore(number) {
      const found = await lastCompleted(({ DeploymentNumber = 0 }) => DeploymentNumber < number);
      return found && { table: await tableOf(found) };
    },
    async inForce() {
      const found = await lastCompleted(() => true);
      if (found === undefined) return undefined;
      const text = await content(Number(found.ConfigurationVersion));
      if (text === undefined)
        throw new UnavailableError({ message: `AppConfig has no content of version ${found.ConfigurationVersion}, which is in force.` });
      return { table: await tableOf(found), content: text };
    },
  };
}

/** An environment deploys every profile of its application. */
function isOurs({ ConfigurationProfileId }: DeploymentSummary, profileId: string): boolean {
  return ConfigurationProfileId === profileId;
}

function versionIn(text: string | undefined): ReleasedTable['tableVersion'] | undefined {
  const reading = text === undefined ? undefined : readTable(text);
  return reading?.kind === 'read' ? reading.table.version : undefined;
}
