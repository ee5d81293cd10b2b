import { createStateFile } from '../events/state-file.ts';
import { AwsError, type AwsService } from '../service.ts';
import type { AppConfigState, Extension, Growth, Monitor, Strategy, Validator } from './app-config-state.ts';
import { type AlarmState, createAppConfigStore } from './app-config-store.ts';
import { controlPlaneRoutes } from './control-plane.ts';
import { dataPlaneRoutes } from './data-plane.ts';
import { extensionCalls } from './extension-event.ts';
import { createRestDispatcher } from './rest-routes.ts';
import { type InvokeValidator, validateConfiguration } from './validate-configuration.ts';

export type StrategyDefinition = { name: string; description?: string } & Pick<Growth, 'durationMinutes' | 'growthFactor'> &
  Partial<Growth>;

type Place = { applicationId: string; environmentId: string; profileId: string };

/** AppConfig for templates, tests and, through `service`, any client. The `create` functions find what has the name already, and update it. */
export type AppConfig = {
  /** Control plane and data plane: both sign as `appconfig` and differ by path. */
  readonly service: AwsService;
  createApplication(name: string): string;
  createEnvironment(applicationId: string, name: string, monitors?: Monitor[]): string;
  createProfile(applicationId: string, profile: { name: string; type?: string; validators?: Validator[] }): string;
  createStrategy(strategy: StrategyDefinition): string;
  /** Functions that are invoked when deployments end, by action point. */
  createExtension(extension: Omit<Extension, 'id'>): string;
  /** Puts an extension to work on an application, an environment or a profile, by its ARN. */
  associateExtension(association: { extensionId: string; resourceArn: string; parameters?: Record<string, string> }): string;
  /** A new version, everywhere at once and without bake time. Fails when another deployment is in flight or a validator refuses. */
  deployNow(
    deployment: Place & { content: string | Buffer; contentType: string; description?: string; label?: string },
  ): Promise<{ version: number }>;
  /** What a reader would see once all is deployed; undefined before the first deployment. */
  latest(place: Place): { version: number; content: Buffer; contentType: string } | undefined;
};

const NOW_STRATEGY: StrategyDefinition = {
  name: 'deploy-now',
  description: 'At once and without bake time.',
  durationMinutes: 0,
  growthFactor: 100,
};

export function createAppConfig(options: {
  stateFile?: string;
  now: () => number;
  invokeValidator?: InvokeValidator;
  alarmState?: (arn: string) => AlarmState;
  /** Invokes an extension's function without waiting for its end. */
  invokeExtension?: (functionArn: string, payload: unknown) => Promise<void>;
  /** How long a minute of a deployment lasts; a true one unless given. */
  minuteMs?: number;
  onError?: (message: string, error: unknown) => void;
}): AppConfig {
  const { invokeValidator, invokeExtension } = options;
  const store = createAppConfigStore({
    file: createStateFile<AppConfigState>(options.stateFile),
    now: options.now,
    alarmState: options.alarmState,
    minuteMs: options.minuteMs,
    onError: options.onError,
    async onEnded(place, deployment, end) {
      if (invokeExtension === undefined) return;
      const point = end === 'COMPLETE' ? 'ON_DEPLOYMENT_COMPLETE' : 'ON_DEPLOYMENT_ROLLED_BACK';
      for (const { action, payload } of extensionCalls({ state: store.state, place, deployment, point }))
        await invokeExtension(action.uri, payload);
    },
  });
  const dispatch = createRestDispatcher({ ...dataPlaneRoutes(store), ...controlPlaneRoutes(store, invokeValidator) });

  const upsert = <Item extends { id: string; name: string }>(
    items: Item[],
    name: string,
    make: (id: string) => Item,
    change: Partial<Item> = {},
  ) => {
    const existing = items.find((item) => item.name === name);
    const item = existing === undefined ? make(store.newId()) : Object.assign(existing, change);
    if (existing === undefined) items.push(item);
    store.save();
    return item;
  };
  const findPlace = ({ applicationId, environmentId, profileId }: Place) => {
    const application = store.application(applicationId);
    return { application, environment: store.environment(application, environmentId), profile: store.profile(application, profileId) };
  };
  const putStrategy = ({ name, growthType = 'LINEAR', bakeMinutes = 0, ...rest }: StrategyDefinition): Strategy => {
    const definition = { ...rest, growthType, bakeMinutes };
    return upsert<Strategy>(store.state.strategies, name, (id) => ({ id, name, ...definition }), definition);
  };

  return {
    service: {
      name: 'appconfig',
      async handle(call) {
        try {
          return await dispatch(call);
        } catch (error) {
          if (error instanceof AwsError) return error.toReply();
          throw error;
        }
      },
    },
    createApplication: (name) => upsert(store.state.applications, name, (id) => ({ id, name, environments: [], profiles: [] })).id,
    createEnvironment: (applicationId, name, monitors = []) =>
      upsert(store.application(applicationId).environments, name, (id) => ({ id, name, monitors, deployments: [] }), { monitors }).id,
    createProfile(applicationId, { name, type = 'AWS.Freeform', validators = [] }) {
      const make = (id: string) => ({ id, name, type, validators, latestVersionNumber: 0, versions: [] });
      return upsert(store.application(applicationId).profiles, name, make, { type, validators }).id;
    },
    createStrategy: (definition) => putStrategy(definition).id,
    createExtension({ name, actions }) {
      store.state.extensions ??= [];
      return upsert<Extension>(store.state.extensions, name, (id) => ({ id, name, actions }), { actions }).id;
    },
    associateExtension({ extensionId, resourceArn, parameters = {} }) {
      store.state.associations ??= [];
      const existing = store.state.associations.find((one) => one.extensionId === extensionId && one.resourceArn === resourceArn);
      const association = existing ?? { id: store.newId(), extensionId, resourceArn, parameters };
      if (existing === undefined) store.state.associations.push(association);
      else Object.assign(existing, { parameters });
      store.save();
      return association.id;
    },
    async deployNow({ content, contentType, description, label, ...ids }) {
      const place = findPlace(ids);
      store.checkNoneInFlight(place.environment);
      const { id: strategyId, durationMinutes, growthFactor, growthType, bakeMinutes } = putStrategy(NOW_STRATEGY);
      const said = description === undefined ? {} : { description };
      const wanted = { content: Buffer.from(content).toString('base64'), contentType, ...said, ...(label === undefined ? {} : { label }) };
      const labelled = place.profile.versions.find((version) => label !== undefined && version.label === label);
      const version = labelled?.content === wanted.content ? labelled : store.addVersion(place.profile, wanted);
      await validateConfiguration({ ...place, version, invokeValidator });
      store.deploy(place, {
        versionNumber: version.number,
        strategyId,
        growth: { durationMinutes, growthFactor, growthType, bakeMinutes },
        ...said,
      });
      return { version: version.number };
    },
    latest(ids) {
      const { environment, profile } = findPlace(ids);
      const deployment = environment.deployments.findLast(({ profileId, stopped }) => profileId === profile.id && stopped === undefined);
      const version = profile.versions.find(({ number }) => number === deployment?.versionNumber);
      return version && { version: version.number, content: Buffer.from(version.content, 'base64'), contentType: version.contentType };
    },
  };
}
