import { StackFile } from '@signalbox/contracts';
import type { CreatedResource } from './platform.ts';

export type Resources = readonly ReadonlyMap<string, CreatedResource>[];

/** What `stack.json` says, from what the templates became. */
export function buildStackFile({
  resources,
  endpointUrl,
  region,
  accountId,
  apiKey,
}: {
  resources: Resources;
  endpointUrl: string;
  region: string;
  accountId: string;
  apiKey: string;
}): StackFile {
  const ref = (logicalId: string) => findResource(resources, logicalId).ref;
  return StackFile.parse({
    gatewayUrl: endpointUrl,
    consoleUrl: null,
    awsEndpointUrl: endpointUrl,
    simulatorUrl: `${endpointUrl}/_simulator`,
    region,
    accountId,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    apiKey,
    queues: {
      interactive: ref('InteractiveQueue'),
      standard: ref('StandardQueue'),
      bulk: ref('BulkQueue'),
      rejected: ref('RejectedQueue'),
      deadLetter: ref('DeadLetterQueue'),
    },
    eventBusName: ref('EventBus'),
    appConfig: { application: ref('Application'), environment: ref('Environment'), profile: ref('RoutingTableProfile') },
    tables: byShortName(resources, { type: 'AWS::DynamoDB::Table', suffix: 'Table' }),
    buckets: byShortName(resources, { type: 'AWS::S3::Bucket', suffix: 'Bucket' }),
    pid: process.pid,
  });
}

/** The resource with this logical id, in whichever template it stands. */
export function findResource(resources: Resources, logicalId: string): CreatedResource {
  const found = resources.map((stack) => stack.get(logicalId)).find((resource) => resource !== undefined);
  if (!found) throw new Error(`No template has a resource "${logicalId}", which the stack needs.`);
  return found;
}

/** `InferencesTable` as `inferences`. */
function byShortName(resources: Resources, { type, suffix }: { type: string; suffix: string }): Record<string, string> {
  const matching = resources.flatMap((stack) => [...stack]).filter(([, resource]) => resource.type === type);
  return Object.fromEntries(matching.map(([logicalId, { ref }]) => [shorten(logicalId, suffix), ref]));
}

function shorten(logicalId: string, suffix: string): string {
  const short = logicalId.endsWith(suffix) ? logicalId.slice(0, -suffix.length) : logicalId;
  return short.charAt(0).toLowerCase() + short.slice(1);
}
