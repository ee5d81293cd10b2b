import {
  type DeploymentSummary,
  GetDeploymentCommand,
  type GetDeploymentCommandOutput,
  paginateListDeployments,
} from '@aws-sdk/client-appconfig';
import type { Installation, ReleaseEvent, ReleaseState } from './types.ts';

/** How hosted versions are labelled. The prefix is no hexadecimal digit: AppConfig refuses a label of digits alone. */
const LABEL_PREFIX = 't-';

export function labelOf(tableVersion: string): string {
  return `${LABEL_PREFIX}${tableVersion}`;
}

/** The table's version in a label; undefined for a label of somebody else's. */
export function tableVersionOf(label: string | undefined): string | undefined {
  return label?.startsWith(LABEL_PREFIX) ? label.slice(LABEL_PREFIX.length) : undefined;
}

/** All deployments to the environment, newest first; those of other profiles block ours, and are among them. */
export async function listDeployments(installation: Installation): Promise<DeploymentSummary[]> {
  const { appConfig, applicationId, environmentId } = installation;
  const pages = paginateListDeployments({ client: appConfig }, { ApplicationId: applicationId, EnvironmentId: environmentId });
  const found: DeploymentSummary[] = [];
  for await (const { Items = [] } of pages) found.push(...Items);
  return found.sort((left, right) => (right.DeploymentNumber ?? 0) - (left.DeploymentNumber ?? 0));
}

export function isOfProfile({ profileId }: Installation): (deployment: DeploymentSummary) => boolean {
  return ({ ConfigurationProfileId }) => ConfigurationProfileId === profileId;
}

const IN_FLIGHT: readonly (string | undefined)[] = ['VALIDATING', 'DEPLOYING', 'BAKING', 'ROLLING_BACK'];

export function isInFlight({ State }: { State?: string | undefined }): boolean {
  return IN_FLIGHT.includes(State);
}

export function getDeployment(installation: Installation, number: number): Promise<GetDeploymentCommandOutput> {
  const { appConfig, applicationId, environmentId } = installation;
  return appConfig.send(new GetDeploymentCommand({ ApplicationId: applicationId, EnvironmentId: environmentId, DeploymentNumber: number }));
}

/** AppConfig's log, oldest first. */
export function toEvents({ EventLog = [] }: Pick<GetDeploymentCommandOutput, 'EventLog'>): ReleaseEvent[] {
  return EventLog.map(({ OccurredAt, EventType = '', TriggeredBy = '', Description = '' }) => ({
    at: OccurredAt ?? new Date(0),
    type: EventType,
    by: TriggeredBy,
    description: Description,
  })).reverse();
}

export function toState(state: string | undefined): ReleaseState {
  return (state ?? 'VALIDATING') as ReleaseState;
}

/** Why a deployment was rolled back or undone, in words. */
export function rollbackCause(events: readonly ReleaseEvent[]): string {
  const lines = events.filter(({ type }) => /^(?:ROLLBACK|REVERT)_/.test(type));
  const cause = lines.find(({ by }) => by === 'CLOUDWATCH_ALARM') ?? lines.find(({ by }) => by === 'USER') ?? lines[0];
  if (cause === undefined) return 'AppConfig gave no reason';
  if (cause.by === 'USER') return `stopped by hand (${cause.description})`;
  if (cause.by !== 'CLOUDWATCH_ALARM') return cause.description;
  const alarm = /:alarm:([^\s"',]+?)\.?(?=$|\s|["',])/.exec(cause.description)?.[1];
  return alarm === undefined ? `an alarm: ${cause.description}` : `the alarm ${alarm} went off`;
}
