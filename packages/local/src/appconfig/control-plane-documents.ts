import type { Application, Deployment, Environment, HostedVersion, Profile, Strategy } from './app-config-state.ts';
import type { DeploymentPlace } from './app-config-store.ts';
import { isInFlight, type Progress } from './deployment-progress.ts';

/** The documents of the control plane, by AWS's names. JSON drops what is undefined. */
export function applicationDocument({ id, name, description }: Application) {
  return { Id: id, Name: name, Description: description };
}

export function environmentDocument(application: Application, environment: Environment, states: readonly Progress[]) {
  const isDeploying = states.some(isInFlight);
  const wasRolledBack = states.at(-1)?.state === 'ROLLED_BACK';
  return {
    ApplicationId: application.id,
    Id: environment.id,
    Name: environment.name,
    Description: environment.description,
    State: isDeploying ? 'DEPLOYING' : wasRolledBack ? 'ROLLED_BACK' : 'READY_FOR_DEPLOYMENT',
    Monitors: environment.monitors.map(({ alarmArn, alarmRoleArn }) => ({ AlarmArn: alarmArn, AlarmRoleArn: alarmRoleArn })),
  };
}

export function profileDocument(application: Application, profile: Profile) {
  return {
    ApplicationId: application.id,
    Id: profile.id,
    Name: profile.name,
    Description: profile.description,
    LocationUri: 'hosted',
    Type: profile.type,
    Validators: profile.validators.map(({ type, content }) => ({ Type: type, Content: content })),
  };
}

export function profileSummary(application: Application, { id, name, type, validators }: Profile) {
  return {
    ApplicationId: application.id,
    Id: id,
    Name: name,
    LocationUri: 'hosted',
    Type: type,
    ValidatorTypes: validators.map((validator) => validator.type),
  };
}

export function strategyDocument(strategy: Strategy) {
  return { Id: strategy.id, Name: strategy.name, Description: strategy.description, ReplicateTo: 'NONE', ...growthDocument(strategy) };
}

export function versionSummary(application: Application, profile: Profile, version: HostedVersion) {
  return {
    ApplicationId: application.id,
    ConfigurationProfileId: profile.id,
    VersionNumber: version.number,
    Description: version.description,
    ContentType: version.contentType,
    VersionLabel: version.label,
  };
}

export function deploymentSummary(profile: Profile | undefined, deployment: Deployment, progress: Progress) {
  return {
    DeploymentNumber: deployment.number,
    ConfigurationProfileId: deployment.profileId,
    ConfigurationName: profile?.name,
    ConfigurationVersion: String(deployment.versionNumber),
    VersionLabel: profile?.versions.find(({ number }) => number === deployment.versionNumber)?.label,
    Type: profile?.type,
    ...growthDocument(deployment.growth),
    State: progress.state,
    PercentageComplete: progress.percentage,
    StartedAt: isoTime(deployment.startedAtMs),
    CompletedAt: progress.completedAtMs === undefined ? undefined : isoTime(progress.completedAtMs),
  };
}

export function deploymentDocument({ application, environment, profile }: DeploymentPlace, deployment: Deployment, progress: Progress) {
  const { Type: _, ...summary } = deploymentSummary(profile, deployment, progress);
  return {
    ...summary,
    ApplicationId: application.id,
    EnvironmentId: environment.id,
    DeploymentStrategyId: deployment.strategyId,
    ConfigurationLocationUri: 'hosted',
    Description: deployment.description,
    EventLog: eventLog(deployment, progress),
  };
}

function growthDocument({ durationMinutes, growthType, growthFactor, bakeMinutes }: Deployment['growth']) {
  return {
    DeploymentDurationInMinutes: durationMinutes,
    GrowthType: growthType,
    GrowthFactor: growthFactor,
    FinalBakeTimeInMinutes: bakeMinutes,
  };
}

/** Newest first, as AWS gives it. */
function eventLog(deployment: Deployment, progress: Progress) {
  const { stopped } = deployment;
  const started = {
    EventType: 'DEPLOYMENT_STARTED',
    TriggeredBy: 'USER',
    Description: 'Deployment started',
    OccurredAt: isoTime(deployment.startedAtMs),
  };
  if (stopped !== undefined) {
    const EventType = stopped.state === 'REVERTED' ? 'REVERT_COMPLETED' : 'ROLLBACK_COMPLETED';
    return [{ EventType, TriggeredBy: stopped.triggeredBy, Description: stopped.reason, OccurredAt: isoTime(stopped.atMs) }, started];
  }
  if (progress.completedAtMs === undefined) return [started];
  return [
    {
      EventType: 'DEPLOYMENT_COMPLETED',
      TriggeredBy: 'APPCONFIG',
      Description: 'Deployment completed',
      OccurredAt: isoTime(progress.completedAtMs),
    },
    started,
  ];
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
