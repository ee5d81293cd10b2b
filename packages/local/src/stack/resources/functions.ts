import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Create, textProperty } from '../platform.ts';
import { readStreamedRoutes } from '../read-streamed-routes.ts';

/** Lambda's own defaults where neither the function nor Globals say anything. */
const DEFAULTS = { timeoutSeconds: 3, memoryMb: 128 };

export const createFunction: Create = ({ platform, defaultName, properties, templateDirectory }) => {
  const name = textProperty(properties, 'FunctionName', defaultName);
  if (properties.InlineCode) throw new Error('the embedded Lambda runs bundles, not InlineCode');
  if (properties.PackageType === 'Image') throw new Error('the embedded Lambda runs bundles, not container images (PackageType)');
  const codeDirectory = join(templateDirectory, textProperty(properties, 'CodeUri'));
  if (!existsSync(codeDirectory)) throw new Error(`its bundle ${codeDirectory} is not there: run "npm run build" first`);
  const { Environment } = properties as { Environment?: { Variables?: Record<string, unknown> } };
  const variables = Object.entries(Environment?.Variables ?? {}).map(([key, value]) => [key, String(value)]);
  const onFailureQueueArn = onFailureDestination(properties);
  platform.lambda.createFunction({
    name,
    codeDirectory,
    handler: textProperty(properties, 'Handler'),
    environment: Object.fromEntries(variables),
    timeoutSeconds: Number(properties.Timeout ?? DEFAULTS.timeoutSeconds),
    memoryMb: Number(properties.MemorySize ?? DEFAULTS.memoryMb),
    ...(properties.ReservedConcurrentExecutions === undefined
      ? {}
      : { reservedConcurrency: Number(properties.ReservedConcurrentExecutions) }),
    ...(onFailureQueueArn ? { onFailureQueueArn } : {}),
  });
  return { ref: name, attributes: { Arn: `arn:aws:lambda:${platform.region}:${platform.accountId}:function:${name}` } };
};

export const createApi: Create = ({ platform, defaultName, properties }) => {
  for (const route of readStreamedRoutes(properties.DefinitionBody)) platform.restApi.streamRoute(route);
  const name = textProperty(properties, 'Name', defaultName);
  return { ref: name, attributes: { RestApiId: name, RootResourceId: 'root' } };
};

/** Where asynchronous invocations go that failed for good: an on-failure destination or the older dead-letter queue, SQS only. */
function onFailureDestination(properties: Record<string, unknown>): string | undefined {
  const { EventInvokeConfig: config, DeadLetterQueue: queue } = properties as {
    EventInvokeConfig?: { DestinationConfig?: { OnFailure?: { Destination?: string } } };
    DeadLetterQueue?: { TargetArn?: string };
  };
  const arn = config?.DestinationConfig?.OnFailure?.Destination ?? queue?.TargetArn;
  if (arn !== undefined && !arn.startsWith('arn:aws:sqs:')) throw new Error(`failed invocations can go to an SQS queue only, not ${arn}`);
  return arn;
}
