import { createHash, randomInt } from 'node:crypto';
import type { StateFile } from '../events/state-file.ts';
import { badRequest, conflict, notFound } from './app-config-error.ts';
import type { AppConfigState, Application, Deployment, Environment, HostedVersion, Profile, Strategy } from './app-config-state.ts';
import { deploymentProgress, isInFlight, type Progress } from './deployment-progress.ts';
import { PREDEFINED_STRATEGIES } from './predefined-strategies.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** A deployment's address, with names resolved. */
export type DeploymentPlace = { application: Application; environment: Environment; profile: Profile };
type EnvironmentPlace = Omit<DeploymentPlace, 'profile'>;

/** AppConfig's objects and the rules between them. Control plane and data plane are two ways in. */
export type AppConfigStore = {
  readonly state: AppConfigState;
  now(): number;
  /** Saves after a change of `state`. */
  save(): void;
  newId(): string;
  /** Each takes an id or a name, and fails with AWS's 404. */
  application(id: string): Application;
  environment(application: Application, id: string): Environment;
  profile(application: Application, id: string): Profile;
  strategy(id: string): Strategy;
  strategies(): Strategy[];
  /** Takes a version number or a label. */
  version(profile: Profile, version: string): HostedVersion;
  addVersion(profile: Profile, version: Omit<HostedVersion, 'number'>): HostedVersion;
  /** One in flight per environment: 409 otherwise. */
  checkNoneInFlight(environment: Environment): void;
  deploy(place: DeploymentPlace, deployment: Omit<Deployment, 'number' | 'startedAtMs' | 'profileId'>): Deployment;
  progress(environment: Environment, deployment: Deployment): Progress;
  /** Ends a deployment in flight, or undoes a complete one. */
  stop(environment: Environment, deployment: Deployment, allowRevert: boolean): void;
  /** The version a session sees; undefined when none is deployed to it. */
  versionFor(place: DeploymentPlace, sessionId: string): HostedVersion | undefined;
};

const ID_CHARACTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const REVERT_WITHIN_MS = 72 * 3_600_000;
const WATCH_EVERY_MS = 1000;

export function createAppConfigStore(options: {
  file: StateFile<AppConfigState>;
  now: () => number;
  alarmState?: ((arn: string) => AlarmState) | undefined;
  /** How long a minute of a deployment lasts. */
  minuteMs?: number | undefined;
  /** Told of each end of a deployment, soon after it, until it has once not thrown. */
  onEnded?: ((place: DeploymentPlace, deployment: Deployment, end: 'COMPLETE' | 'ROLLED_BACK') => Promise<void>) | undefined;
  onError?: ((message: string, error: unknown) => void) | undefined;
}): AppConfigStore {
  const { now, minuteMs } = options;
  const state = options.file.read() ?? { applications: [], strategies: [] };
  const save = () => options.file.write(state);

  /** Rolls back what an alarm speaks against; asked at each look at an environment, and each second while one is in flight. */
  const settle = (environment: Environment) => {
    const running = environment.deployments.find((deployment) => isInFlight(deploymentProgress(deployment, now())));
    const alarm = environment.monitors.find(({ alarmArn }) => options.alarmState?.(alarmArn) === 'ALARM');
    if (running === undefined || alarm === undefined) return running;
    running.stopped = {
      atMs: now(),
      state: 'ROLLED_BACK',
      triggeredBy: 'CLOUDWATCH_ALARM',
      reason: `Alarm ${alarm.alarmArn} is in ALARM.`,
    };
    save();
    return undefined;
  };
  /** True when there is no end left to tell of. */
  const tellEnds = async ({ application, environment }: EnvironmentPlace): Promise<boolean> => {
    let isDone = true;
    for (const deployment of environment.deployments) {
      const { state: word } = deploymentProgress(deployment, now());
      const profile = application.profiles.find(({ id }) => id === deployment.profileId);
      if (profile === undefined || deployment.told !== undefined || (word !== 'COMPLETE' && word !== 'ROLLED_BACK')) continue;
      const isTold = await tellEnd({ application, environment, profile }, deployment, word);
      isDone &&= isTold;
    }
    return isDone;
  };
  const tellEnd = async (place: DeploymentPlace, deployment: Deployment, end: 'COMPLETE' | 'ROLLED_BACK'): Promise<boolean> => {
    try {
      deployment.told = end;
      await options.onEnded?.(place, deployment, end);
      save();
      return true;
    } catch (error) {
      delete deployment.told;
      options.onError?.(`Deployment ${deployment.number} of ${place.environment.name}: its end could not be told`, error);
      return false;
    }
  };
  const watch = (place: EnvironmentPlace) => {
    const timer = setInterval(() => {
      const running = settle(place.environment);
      void tellEnds(place).then((isDone) => {
        if (running === undefined && isDone) clearInterval(timer);
      });
    }, WATCH_EVERY_MS).unref();
  };
  for (const application of state.applications) for (const environment of application.environments) watch({ application, environment });

  const store: AppConfigStore = {
    state,
    now,
    save,
    newId: () => Array.from({ length: 7 }, () => ID_CHARACTERS[randomInt(ID_CHARACTERS.length)]).join(''),
    application: (id) => findIn(state.applications, id, 'Application'),
    environment: (application, id) => findIn(application.environments, id, 'Environment'),
    profile: (application, id) => findIn(application.profiles, id, 'ConfigurationProfile'),
    strategies: () => [...PREDEFINED_STRATEGIES, ...state.strategies],
    strategy: (id) => findIn(store.strategies(), id, 'DeploymentStrategy'),
    version(profile, text) {
      const found = profile.versions.find(({ number, label }) => String(number) === text || label === text);
      if (found === undefined) throw notFound('HostedConfigurationVersion', `${text} of ${profile.name}`);
      return found;
    },
    addVersion(profile, version) {
      checkLabel(profile, version.label);
      profile.latestVersionNumber += 1;
      const added = { ...version, number: profile.latestVersionNumber };
      profile.versions.push(added);
      save();
      return added;
    },
    checkNoneInFlight(environment) {
      const running = settle(environment);
      if (running === undefined) return;
      const { state: word } = deploymentProgress(running, now());
      throw conflict(
        `Environment ${environment.id} already has a deployment in flight: number ${running.number} is ${word}. Wait for it, or stop it.`,
      );
    },
    deploy({ application, environment, profile }, deployment) {
      store.checkNoneInFlight(environment);
      const number = (environment.deployments.at(-1)?.number ?? 0) + 1;
      const added: Deployment = {
        ...deployment,
        number,
        profileId: profile.id,
        startedAtMs: now(),
        ...(minuteMs === undefined ? {} : { minuteMs }),
      };
      environment.deployments.push(added);
      save();
      // A deployment that takes no time has ended here.
      setImmediate(() => void tellEnds({ application, environment }));
      watch({ application, environment });
      return added;
    },
    progress(environment, deployment) {
      settle(environment);
      return deploymentProgress(deployment, now());
    },
    stop(environment, deployment, allowRevert) {
      const progress = store.progress(environment, deployment);
      const inFlight = isInFlight(progress);
      if (!inFlight && progress.state !== 'COMPLETE')
        throw badRequest(`Deployment ${deployment.number} is ${progress.state} and cannot be stopped.`);
      if (!inFlight && !allowRevert) throw badRequest(`Deployment ${deployment.number} is COMPLETE; AllowRevert would undo it.`);
      if (!inFlight && now() - (progress.completedAtMs ?? 0) > REVERT_WITHIN_MS)
        throw badRequest(`Deployment ${deployment.number} was completed more than 72 hours ago.`);
      deployment.stopped = { atMs: now(), state: inFlight ? 'ROLLED_BACK' : 'REVERTED', triggeredBy: 'USER', reason: 'StopDeployment' };
      save();
    },
    versionFor({ environment, profile }, sessionId) {
      settle(environment);
      const bucket = sessionBucket(sessionId);
      const deployment = environment.deployments.findLast((candidate) => {
        if (candidate.profileId !== profile.id || candidate.stopped !== undefined) return false;
        return bucket < deploymentProgress(candidate, now()).percentage;
      });
      return profile.versions.find(({ number }) => number === deployment?.versionNumber);
    },
  };
  return store;
}

/** 0 to 99, the same for a session for its whole life: a growing deployment reaches each session once. */
function sessionBucket(sessionId: string): number {
  return createHash('sha256').update(sessionId).digest().readUInt32BE(0) % 100;
}

function findIn<Item extends { id: string; name: string }>(items: readonly Item[], idOrName: string, kind: string): Item {
  const found = items.find(({ id }) => id === idOrName) ?? items.find(({ name }) => name === idOrName);
  if (found === undefined) throw notFound(kind, idOrName);
  return found;
}

function checkLabel(profile: Profile, label: string | undefined): void {
  if (label === undefined) return;
  if (!/\D/.test(label)) throw badRequest(`VersionLabel ${label} must contain a character that is not a digit.`);
  if (profile.versions.some((version) => version.label === label))
    throw conflict(`Profile ${profile.name} already has a version labelled ${label}.`);
}
