import { AppConfigClient } from '@aws-sdk/client-appconfig';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { paginateGetParametersByPath, SSMClient } from '@aws-sdk/client-ssm';
import type { StackFile } from '@signalbox/contracts';
import { ReleaseError } from './release-error.ts';
import type { Installation } from './types.ts';

export type ConnectOptions =
  /** The embedded stack. */
  | { stack: StackFile; stage?: undefined; region?: undefined }
  /** A stage on AWS, with the credentials and, unless given, the region of the environment. */
  | { stack?: undefined; stage: string; region?: string | undefined };

/** What all clients are made with. */
type ClientConfig = { region?: string; endpoint?: string; credentials?: StackFile['credentials'] };

const READERS = 'readers/';
/** Not among what is needed: platforms have it since targets may be SageMaker endpoints. */
const ENDPOINTS = 'allowed-endpoints';
const NEEDED = {
  applicationId: 'appconfig-application',
  environmentId: 'appconfig-environment',
  profileId: 'appconfig-profile',
  staged: 'staged-strategy',
  emergency: 'emergency-strategy',
  bucket: 'data-bucket',
  eventBusName: 'event-bus-name',
  models: 'allowed-models',
  regions: 'allowed-regions',
  globalProfiles: 'allow-global-profiles',
} as const;

/** Finds an installation by the parameters that its stacks publish under `/signalbox/{stage}/`. */
export async function connect(options: ConnectOptions): Promise<Installation> {
  const stage = options.stack ? stageOf(options.stack) : options.stage;
  const config: ClientConfig = options.stack
    ? { region: options.stack.region, credentials: options.stack.credentials, endpoint: options.stack.awsEndpointUrl }
    : { ...(options.region === undefined ? {} : { region: options.region }) };
  const appConfig = new AppConfigClient({ ...config, maxAttempts: 5 });
  const name = options.stack ? 'the embedded stack' : `stage ${stage} in ${await regionOf(appConfig)}`;
  const parameters = await readParameters(new SSMClient(config), stage);
  const value = readNeeded(parameters, { name, stage });
  return {
    stage,
    name,
    appConfig,
    s3: new S3Client({ ...config, forcePathStyle: options.stack !== undefined }),
    eventBridge: new EventBridgeClient(config),
    applicationId: value('applicationId'),
    environmentId: value('environmentId'),
    profileId: value('profileId'),
    strategies: { staged: value('staged'), emergency: value('emergency') },
    bucket: value('bucket'),
    eventBusName: value('eventBusName'),
    allowed: {
      models: value('models').split(','),
      regions: value('regions').split(','),
      endpoints: parameters.get(ENDPOINTS)?.split(','),
      globalProfiles: value('globalProfiles') === 'true',
    },
    readers: Object.fromEntries(
      [...parameters].filter(([key]) => key.startsWith(READERS)).map(([key, version]) => [key.slice(READERS.length), version]),
    ),
  };
}

async function regionOf({ config }: AppConfigClient): Promise<string> {
  try {
    return await config.region();
  } catch (cause) {
    const message = 'No AWS region is set: set AWS_REGION, or the region of your profile, to where the installation is.';
    throw new ReleaseError({ kind: 'not-installed', message, cause });
  }
}

/** The bus of a stage is named after it. */
function stageOf({ eventBusName }: StackFile): string {
  return eventBusName.replace(/^signalbox-/, '');
}

async function readParameters(ssm: SSMClient, stage: string): Promise<Map<string, string>> {
  const Path = `/signalbox/${stage}/`;
  const found = new Map<string, string>();
  for await (const { Parameters = [] } of paginateGetParametersByPath({ client: ssm }, { Path, Recursive: true })) {
    for (const { Name = '', Value = '' } of Parameters) found.set(Name.slice(Path.length), Value);
  }
  return found;
}

function readNeeded(parameters: ReadonlyMap<string, string>, { name, stage }: { name: string; stage: string }) {
  const missing = Object.values(NEEDED).filter((parameter) => !parameters.has(parameter));
  if (missing.length > 0) {
    const what = missing.length === Object.keys(NEEDED).length ? 'no installation' : `no parameter ${missing.join(', ')}`;
    throw new ReleaseError({
      kind: 'not-installed',
      message: `There is ${what} under /signalbox/${stage}/ of ${name}. Deploy the platform's stack (template.yaml) there, or name another stage or region.`,
    });
  }
  return (key: keyof typeof NEEDED) => parameters.get(NEEDED[key]) ?? '';
}
