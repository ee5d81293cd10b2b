import { conflict, notFound } from './app-config-error.ts';
import type { Deployment } from './app-config-state.ts';
import type { AppConfigStore, DeploymentPlace } from './app-config-store.ts';
import { deploymentDocument, deploymentSummary } from './control-plane-documents.ts';
import { DeploymentInput, readInput } from './control-plane-input.ts';
import { type RestRequest, type RestRoutes, restJson, restPage } from './rest-routes.ts';
import { type InvokeValidator, validateConfiguration } from './validate-configuration.ts';

/** Start, look at, list and stop deployments. */
export function deploymentRoutes(store: AppConfigStore, invokeValidator: InvokeValidator | undefined): RestRoutes {
  const base = '/applications/{application}/environments/{environment}/deployments';
  const describe = (place: DeploymentPlace, deployment: Deployment) =>
    deploymentDocument(place, deployment, store.progress(place.environment, deployment));
  return {
    [`POST ${base}`]: async (request) => {
      const input = readInput(DeploymentInput, request);
      const { application, environment } = findEnvironment(store, request);
      const place = { application, environment, profile: store.profile(application, input.ConfigurationProfileId) };
      const version = store.version(place.profile, input.ConfigurationVersion);
      const { id: strategyId, durationMinutes, growthFactor, growthType, bakeMinutes } = store.strategy(input.DeploymentStrategyId);
      checkLatestDeployment(environment.deployments, input.LatestDeploymentNumber);
      store.checkNoneInFlight(environment);
      await validateConfiguration({ ...place, version, invokeValidator });
      const deployment = store.deploy(place, {
        versionNumber: version.number,
        strategyId,
        growth: { durationMinutes, growthFactor, growthType, bakeMinutes },
        ...(input.Description === undefined ? {} : { description: input.Description }),
      });
      return restJson(201, describe(place, deployment));
    },
    [`GET ${base}`]: (request) => {
      const { application, environment } = findEnvironment(store, request);
      const { Items, ...next } = restPage([...environment.deployments].reverse(), request.query);
      const summaries = Items.map((deployment) => {
        const profile = application.profiles.find(({ id }) => id === deployment.profileId);
        return deploymentSummary(profile, deployment, store.progress(environment, deployment));
      });
      return restJson(200, { Items: summaries, ...next });
    },
    [`GET ${base}/{number}`]: (request) => {
      const { place, deployment } = findDeployment(store, request);
      return restJson(200, describe(place, deployment));
    },
    [`DELETE ${base}/{number}`]: (request) => {
      const { place, deployment } = findDeployment(store, request);
      store.stop(place.environment, deployment, request.call.headers['allow-revert'] === 'true');
      return restJson(202, describe(place, deployment));
    },
  };
}

function findEnvironment(store: AppConfigStore, { path }: RestRequest) {
  const application = store.application(path.application ?? '');
  return { application, environment: store.environment(application, path.environment ?? '') };
}

function findDeployment(store: AppConfigStore, request: RestRequest): { place: DeploymentPlace; deployment: Deployment } {
  const { application, environment } = findEnvironment(store, request);
  const deployment = environment.deployments.find(({ number }) => String(number) === request.path.number);
  if (deployment === undefined) throw notFound('Deployment', `${request.path.number} of ${environment.name}`);
  return { place: { application, environment, profile: store.profile(application, deployment.profileId) }, deployment };
}

/** The optimistic lock of StartDeployment. */
function checkLatestDeployment(deployments: readonly Deployment[], expected: number | undefined): void {
  const latest = deployments.at(-1)?.number ?? 0;
  if (expected !== undefined && expected !== latest)
    throw conflict(`The latest deployment is ${latest}, not ${expected}: someone else deployed in between.`);
}
