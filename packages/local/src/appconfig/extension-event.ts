import { randomUUID } from 'node:crypto';
import type { AppConfigState, Deployment, ExtensionAction } from './app-config-state.ts';
import type { DeploymentPlace } from './app-config-store.ts';

export type ActionPoint = 'ON_DEPLOYMENT_COMPLETE' | 'ON_DEPLOYMENT_ROLLED_BACK';

/** The points that are emulated; AWS has more. */
export const ACTION_POINTS: readonly ActionPoint[] = ['ON_DEPLOYMENT_COMPLETE', 'ON_DEPLOYMENT_ROLLED_BACK'];

export type ExtensionCall = { action: ExtensionAction; payload: unknown };

const TYPES: Readonly<Record<ActionPoint, string>> = {
  ON_DEPLOYMENT_COMPLETE: 'OnDeploymentComplete',
  ON_DEPLOYMENT_ROLLED_BACK: 'OnDeploymentRolledBack',
};

/** What a point of a deployment makes its extensions do; with what they are told, as AWS's notification extensions show it. */
export function extensionCalls(input: {
  state: AppConfigState;
  place: DeploymentPlace;
  deployment: Deployment;
  point: ActionPoint;
}): ExtensionCall[] {
  const { state, place, deployment, point } = input;
  return (state.associations ?? [])
    .filter(({ resourceArn }) => concerns(resourceArn, place))
    .flatMap(({ extensionId, parameters }) => {
      const actions = (state.extensions ?? []).find(({ id }) => id === extensionId)?.actions[point] ?? [];
      return actions.map((action) => ({ action, payload: { ...describe(place, deployment), Parameters: parameters, Type: TYPES[point] } }));
    });
}

/** An association is of an application, of one of its environments or of one of its profiles. */
function concerns(resourceArn: string, { application, environment, profile }: DeploymentPlace): boolean {
  const path = resourceArn.slice(resourceArn.lastIndexOf(':') + 1);
  const own = `application/${application.id}`;
  return [own, `${own}/environment/${environment.id}`, `${own}/configurationprofile/${profile.id}`].includes(path);
}

function describe({ application, environment, profile }: DeploymentPlace, { number, versionNumber }: Deployment) {
  return {
    InvocationId: randomUUID().slice(0, 7),
    Application: { Id: application.id, Name: application.name },
    Environment: { Id: environment.id, Name: environment.name },
    ConfigurationProfile: { Id: profile.id, Name: profile.name },
    DeploymentNumber: number,
    ConfigurationVersion: String(versionNumber),
  };
}
