import type { AwsReply } from '../service.ts';
import { AppConfigError, badRequest, conflict } from './app-config-error.ts';
import type { Application, Deployment, HostedVersion, Profile } from './app-config-state.ts';
import type { AppConfigStore, DeploymentPlace } from './app-config-store.ts';
import * as documents from './control-plane-documents.ts';
import * as inputs from './control-plane-input.ts';
import { deploymentRoutes } from './deployment-routes.ts';
import { type RestRequest, type RestRoutes, restJson, restPage } from './rest-routes.ts';
import { type InvokeValidator, validateConfiguration } from './validate-configuration.ts';

const MAX_CONTENT_KB = 2048;

/** Applications, environments, profiles, strategies and hosted versions; deployments have a file of their own. */
export function controlPlaneRoutes(store: AppConfigStore, invokeValidator: InvokeValidator | undefined): RestRoutes {
  return {
    ...applicationRoutes(store),
    ...environmentRoutes(store),
    ...profileRoutes(store, invokeValidator),
    ...strategyRoutes(store),
    ...versionRoutes(store),
    ...deploymentRoutes(store, invokeValidator),
  };
}

function applicationRoutes(store: AppConfigStore): RestRoutes {
  const { state } = store;
  return {
    'POST /applications': (request) => {
      const { Name, Description } = inputs.readInput(inputs.NamedInput, request);
      const application: Application = { id: store.newId(), name: Name, environments: [], profiles: [], ...described(Description) };
      state.applications.push(application);
      store.save();
      return restJson(201, documents.applicationDocument(application));
    },
    'GET /applications': ({ query }) => restJson(200, mapPage(restPage(state.applications, query), documents.applicationDocument)),
    'GET /applications/{application}': ({ path }) =>
      restJson(200, documents.applicationDocument(store.application(path.application ?? ''))),
    'DELETE /applications/{application}': ({ path }) => {
      const application = store.application(path.application ?? '');
      if (application.environments.length + application.profiles.length > 0) {
        throw badRequest(`Application ${application.id} cannot be deleted: it has environments or configuration profiles.`);
      }
      remove(state.applications, application);
      return saved(store);
    },
  };
}

function environmentRoutes(store: AppConfigStore): RestRoutes {
  const describe = ({ application, environment }: Omit<DeploymentPlace, 'profile'>) =>
    documents.environmentDocument(
      application,
      environment,
      environment.deployments.map((deployment) => store.progress(environment, deployment)),
    );
  const find = ({ path }: RestRequest) => {
    const application = store.application(path.application ?? '');
    return { application, environment: store.environment(application, path.environment ?? '') };
  };
  return {
    'POST /applications/{application}/environments': (request) => {
      const application = store.application(request.path.application ?? '');
      const { Name, Description, Monitors = [] } = inputs.readInput(inputs.EnvironmentInput, request);
      const environment = { id: store.newId(), name: Name, monitors: readMonitors(Monitors), deployments: [], ...described(Description) };
      application.environments.push(environment);
      store.save();
      return restJson(201, describe({ application, environment }));
    },
    'GET /applications/{application}/environments': ({ path, query }) => {
      const application = store.application(path.application ?? '');
      return restJson(
        200,
        mapPage(restPage(application.environments, query), (environment) => describe({ application, environment })),
      );
    },
    'GET /applications/{application}/environments/{environment}': (request) => restJson(200, describe(find(request))),
    'PATCH /applications/{application}/environments/{environment}': (request) => {
      const found = find(request);
      const { Name, Description, Monitors } = inputs.readInput(inputs.EnvironmentChange, request);
      Object.assign(found.environment, Name && { name: Name }, described(Description), Monitors && { monitors: readMonitors(Monitors) });
      store.save();
      return restJson(200, describe(found));
    },
    'DELETE /applications/{application}/environments/{environment}': (request) => {
      const { application, environment } = find(request);
      store.checkNoneInFlight(environment);
      remove(application.environments, environment);
      return saved(store);
    },
  };
}

function profileRoutes(store: AppConfigStore, invokeValidator: InvokeValidator | undefined): RestRoutes {
  return {
    'POST /applications/{application}/configurationprofiles': (request) => {
      const application = store.application(request.path.application ?? '');
      const input = inputs.readInput(inputs.ProfileInput, request);
      if (input.LocationUri !== 'hosted') {
        throw new AppConfigError({
          code: 'NotImplementedException',
          status: 501,
          message: `The embedded AWS only hosts configurations itself, not at ${input.LocationUri}.`,
        });
      }
      const profile: Profile = {
        id: store.newId(),
        name: input.Name,
        type: input.Type,
        validators: inputs.readValidators(input.Validators),
        latestVersionNumber: 0,
        versions: [],
        ...described(input.Description),
      };
      application.profiles.push(profile);
      store.save();
      return restJson(201, documents.profileDocument(application, profile));
    },
    'GET /applications/{application}/configurationprofiles': ({ path, query }) => {
      const application = store.application(path.application ?? '');
      const profiles = application.profiles.filter(({ type }) => [null, type].includes(query.get('type')));
      return restJson(
        200,
        mapPage(restPage(profiles, query), (profile) => documents.profileSummary(application, profile)),
      );
    },
    'GET /applications/{application}/configurationprofiles/{profile}': (request) => {
      const { application, profile } = findProfile(store, request);
      return restJson(200, documents.profileDocument(application, profile));
    },
    'DELETE /applications/{application}/configurationprofiles/{profile}': (request) => {
      const { application, profile } = findProfile(store, request);
      if (profile.versions.length > 0) throw conflict(`Configuration profile ${profile.id} cannot be deleted: it has hosted versions.`);
      remove(application.profiles, profile);
      return saved(store);
    },
    'POST /applications/{application}/configurationprofiles/{profile}/validators': async (request) => {
      const { application, profile } = findProfile(store, request);
      const version = store.version(profile, request.query.get('configuration_version') ?? '');
      await validateConfiguration({ application, profile, version, invokeValidator });
      return restJson(204);
    },
  };
}

function strategyRoutes(store: AppConfigStore): RestRoutes {
  const removeStrategy = ({ path }: RestRequest) => {
    const strategy = store.strategy(path.strategy ?? '');
    if (!store.state.strategies.includes(strategy)) throw badRequest(`Predefined strategy ${strategy.id} cannot be deleted.`);
    remove(store.state.strategies, strategy);
    return saved(store);
  };
  return {
    'POST /deploymentstrategies': (request) => {
      const input = inputs.readInput(inputs.StrategyInput, request);
      const strategy = {
        id: store.newId(),
        name: input.Name,
        durationMinutes: input.DeploymentDurationInMinutes,
        growthFactor: input.GrowthFactor,
        growthType: input.GrowthType,
        bakeMinutes: input.FinalBakeTimeInMinutes,
        ...described(input.Description),
      };
      store.state.strategies.push(strategy);
      store.save();
      return restJson(201, documents.strategyDocument(strategy));
    },
    'GET /deploymentstrategies': ({ query }) => restJson(200, mapPage(restPage(store.strategies(), query), documents.strategyDocument)),
    'GET /deploymentstrategies/{strategy}': ({ path }) => restJson(200, documents.strategyDocument(store.strategy(path.strategy ?? ''))),
    // AWS's own spelling of this one path; SDK clients use it.
    'DELETE /deployementstrategies/{strategy}': removeStrategy,
  };
}

function versionRoutes(store: AppConfigStore): RestRoutes {
  const base = '/applications/{application}/configurationprofiles/{profile}/hostedconfigurationversions';
  return {
    [`POST ${base}`]: (request) => {
      const { application, profile } = findProfile(store, request);
      const { headers, body } = request.call;
      checkLatest(profile, headers['latest-version-number']);
      checkSize(body);
      if (headers['content-type'] === undefined) throw badRequest('Content-Type is required.');
      const label = headers.versionlabel;
      const version = store.addVersion(profile, {
        content: body.toString('base64'),
        contentType: headers['content-type'],
        ...described(headerText(headers.description)),
        ...(label === undefined ? {} : { label: headerText(label) ?? '' }),
      });
      return versionReply(201, { application, profile, version });
    },
    [`GET ${base}`]: (request) => {
      const { application, profile } = findProfile(store, request);
      const label = request.query.get('version_label');
      const versions = profile.versions.filter((version) => label === null || version.label === label).reverse();
      return restJson(
        200,
        mapPage(restPage(versions, request.query), (version) => documents.versionSummary(application, profile, version)),
      );
    },
    [`GET ${base}/{version}`]: (request) => {
      const { application, profile } = findProfile(store, request);
      return versionReply(200, { application, profile, version: store.version(profile, request.path.version ?? '') });
    },
    [`DELETE ${base}/{version}`]: (request) => {
      const { application, profile } = findProfile(store, request);
      const version = store.version(profile, request.path.version ?? '');
      const deployed = application.environments.find((environment) => isInUse(store, { application, environment, profile }, version));
      if (deployed !== undefined) throw conflict(`Version ${version.number} cannot be deleted: it is deployed to ${deployed.name}.`);
      remove(profile.versions, version);
      return saved(store);
    },
  };
}

function findProfile(store: AppConfigStore, { path }: RestRequest): { application: Application; profile: Profile } {
  const application = store.application(path.application ?? '');
  return { application, profile: store.profile(application, path.profile ?? '') };
}

/** The optimistic lock: the writer says which version it has seen last. */
function checkLatest(profile: Profile, header: string | string[] | undefined): void {
  if (header === undefined || Number(header) === profile.latestVersionNumber) return;
  throw conflict(`Latest version of ${profile.name} is ${profile.latestVersionNumber}, not ${header}: someone else wrote in between.`);
}

function checkSize(content: Buffer): void {
  const sizeKb = Math.ceil(content.length / 1024);
  if (sizeKb <= MAX_CONTENT_KB) return;
  throw new AppConfigError({
    code: 'PayloadTooLargeException',
    status: 413,
    message: `The configuration of ${sizeKb} KB is larger than ${MAX_CONTENT_KB} KB.`,
    members: { Measure: 'KILOBYTES', Limit: MAX_CONTENT_KB, Size: sizeKb },
  });
}

function versionReply(
  status: number,
  { application, profile, version }: { application: Application; profile: Profile; version: HostedVersion },
): AwsReply {
  return {
    status,
    headers: {
      'application-id': application.id,
      'configuration-profile-id': profile.id,
      'version-number': String(version.number),
      'content-type': version.contentType,
      ...(version.description === undefined ? {} : { description: version.description }),
      ...(version.label === undefined ? {} : { versionlabel: version.label }),
    },
    body: Buffer.from(version.content, 'base64'),
  };
}

function isInUse(store: AppConfigStore, { environment, profile }: DeploymentPlace, version: HostedVersion): boolean {
  const ofProfile = environment.deployments.filter(({ profileId, stopped }) => profileId === profile.id && stopped === undefined);
  const live = ofProfile.filter((deployment: Deployment) => store.progress(environment, deployment).state !== 'COMPLETE');
  return [...live, ...ofProfile.slice(-1)].some(({ versionNumber }) => versionNumber === version.number);
}

function readMonitors(monitors: { AlarmArn: string; AlarmRoleArn?: string | undefined }[]) {
  return monitors.map(({ AlarmArn, AlarmRoleArn }) => ({
    alarmArn: AlarmArn,
    ...(AlarmRoleArn === undefined ? {} : { alarmRoleArn: AlarmRoleArn }),
  }));
}

function mapPage<Item, Document>({ Items, ...next }: { Items: Item[]; NextToken?: string }, toDocument: (item: Item) => Document) {
  return { Items: Items.map(toDocument), ...next };
}

function described(description: string | undefined): { description?: string } {
  return description === undefined ? {} : { description };
}

function headerText(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header;
}

function remove<Item>(items: Item[], item: Item): void {
  items.splice(items.indexOf(item), 1);
}

function saved(store: AppConfigStore): AwsReply {
  store.save();
  return restJson(204);
}
