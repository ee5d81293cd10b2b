import { ACTION_POINTS, type ActionPoint } from '../../appconfig/extension-event.ts';
import { type Create, type CreateInput, textProperty } from '../platform.ts';

export const createApplication: Create = (input) => {
  const id = input.platform.appConfig.createApplication(nameOf(input));
  return { ref: id, attributes: { ApplicationId: id } };
};

export const createEnvironment: Create = (input) => {
  const monitors = ((input.properties.Monitors ?? []) as Record<string, unknown>[]).map((monitor) => ({
    alarmArn: textProperty(monitor, 'AlarmArn'),
    ...(monitor.AlarmRoleArn === undefined ? {} : { alarmRoleArn: textProperty(monitor, 'AlarmRoleArn') }),
  }));
  const id = input.platform.appConfig.createEnvironment(textProperty(input.properties, 'ApplicationId'), nameOf(input), monitors);
  return { ref: id, attributes: { EnvironmentId: id } };
};

export const createConfigurationProfile: Create = (input) => {
  const { platform, properties } = input;
  const location = textProperty(properties, 'LocationUri');
  if (location !== 'hosted') throw new Error(`the embedded AppConfig keeps hosted configurations only, not ${location} (LocationUri)`);
  const id = platform.appConfig.createProfile(textProperty(properties, 'ApplicationId'), {
    name: nameOf(input),
    ...(properties.Type ? { type: textProperty(properties, 'Type') } : {}),
    validators: ((properties.Validators ?? []) as Record<string, unknown>[]).map(toValidator),
  });
  return { ref: id, attributes: { ConfigurationProfileId: id } };
};

export const createDeploymentStrategy: Create = (input) => {
  const { properties } = input;
  const id = input.platform.appConfig.createStrategy({
    name: nameOf(input),
    durationMinutes: Number(properties.DeploymentDurationInMinutes),
    growthFactor: Number(properties.GrowthFactor),
    growthType: textProperty(properties, 'GrowthType', 'LINEAR') as 'LINEAR',
    bakeMinutes: Number(properties.FinalBakeTimeInMinutes ?? 0),
    ...(properties.Description ? { description: textProperty(properties, 'Description') } : {}),
  });
  return { ref: id, attributes: { Id: id } };
};

export const createExtension: Create = (input) => {
  const actions = Object.entries((input.properties.Actions ?? {}) as Record<string, Record<string, unknown>[]>).map(([point, list]) => {
    if (!ACTION_POINTS.includes(point as ActionPoint))
      throw new Error(`the embedded AppConfig has the action points ${ACTION_POINTS.join(' and ')} only, not ${point}`);
    return [point, list.map((action) => ({ name: textProperty(action, 'Name'), uri: functionUri(textProperty(action, 'Uri')) }))];
  });
  const id = input.platform.appConfig.createExtension({ name: nameOf(input), actions: Object.fromEntries(actions) });
  const arn = `arn:aws:appconfig:${input.platform.region}:${input.platform.accountId}:extension/${id}/1`;
  return { ref: id, attributes: { Id: id, Arn: arn, VersionNumber: 1 } };
};

export const createExtensionAssociation: Create = ({ platform, properties }) => {
  const identifier = textProperty(properties, 'ExtensionIdentifier');
  const id = platform.appConfig.associateExtension({
    extensionId: /:extension\/([^/]+)/.exec(identifier)?.[1] ?? identifier,
    resourceArn: textProperty(properties, 'ResourceIdentifier'),
    parameters: (properties.Parameters ?? {}) as Record<string, string>,
  });
  return { ref: id, attributes: { Id: id } };
};

function functionUri(uri: string): string {
  if (uri.startsWith('arn:aws:lambda:')) return uri;
  throw new Error(`the embedded AppConfig's extensions invoke Lambda functions only, not ${uri}`);
}

function toValidator(validator: Record<string, unknown>): { type: 'LAMBDA'; content: string } {
  if (validator.Type !== 'LAMBDA')
    throw new Error(`the embedded AppConfig has validators of type LAMBDA only, not ${String(validator.Type)}`);
  return { type: 'LAMBDA', content: textProperty(validator, 'Content') };
}

function nameOf({ properties, defaultName }: CreateInput): string {
  return textProperty(properties, 'Name', defaultName);
}
