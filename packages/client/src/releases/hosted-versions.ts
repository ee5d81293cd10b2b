import {
  CreateHostedConfigurationVersionCommand,
  DeleteHostedConfigurationVersionCommand,
  GetHostedConfigurationVersionCommand,
  type HostedConfigurationVersionSummary,
  paginateListHostedConfigurationVersions,
  ResourceNotFoundException,
} from '@aws-sdk/client-appconfig';
import type { RoutingTable } from '@signalbox/contracts';
import { labelOf } from './deployments.ts';
import type { Installation } from './types.ts';

export type HostedVersion = HostedConfigurationVersionSummary & { VersionNumber: number };

/** The hosted versions of the routing table, newest first. */
export async function listVersions(installation: Installation): Promise<HostedVersion[]> {
  const { appConfig, applicationId, profileId } = installation;
  const pages = paginateListHostedConfigurationVersions(
    { client: appConfig },
    { ApplicationId: applicationId, ConfigurationProfileId: profileId },
  );
  const found: HostedVersion[] = [];
  for await (const { Items = [] } of pages) found.push(...Items.map((item) => ({ ...item, VersionNumber: item.VersionNumber ?? 0 })));
  return found.sort((left, right) => right.VersionNumber - left.VersionNumber);
}

/** A version's text; undefined when it is pruned. */
export async function readVersion(installation: Installation, number: number): Promise<string | undefined> {
  const { appConfig, applicationId, profileId } = installation;
  try {
    const { Content } = await appConfig.send(
      new GetHostedConfigurationVersionCommand({ ApplicationId: applicationId, ConfigurationProfileId: profileId, VersionNumber: number }),
    );
    return Buffer.from(Content ?? []).toString('utf8');
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** Writes a version on condition that `latest` is still the last one: AppConfig answers 409 otherwise. */
export async function createVersion(
  installation: Installation,
  { table, latest, description }: { table: RoutingTable; latest: number; description: string },
): Promise<number> {
  const { appConfig, applicationId, profileId } = installation;
  const { VersionNumber = 0 } = await appConfig.send(
    new CreateHostedConfigurationVersionCommand({
      ApplicationId: applicationId,
      ConfigurationProfileId: profileId,
      Content: Buffer.from(JSON.stringify(table)),
      ContentType: 'application/json',
      ...(latest === 0 ? {} : { LatestVersionNumber: latest }),
      VersionLabel: labelOf(table.version),
      Description: description,
    }),
  );
  return VersionNumber;
}

export async function deleteVersion(installation: Installation, number: number): Promise<void> {
  const { appConfig, applicationId, profileId } = installation;
  await appConfig.send(
    new DeleteHostedConfigurationVersionCommand({ ApplicationId: applicationId, ConfigurationProfileId: profileId, VersionNumber: number }),
  );
}
