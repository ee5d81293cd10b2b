import { startSqsEventSource } from '../lambda/sqs-event-source.ts';
import type { Platform } from './platform.ts';
import { isStreamMode } from './read-streamed-routes.ts';
import { busNameOf, toTargetInput } from './resources/events.ts';

export type FunctionEvents = {
  functionName: string;
  functionArn: string;
  events: Record<string, { Type: string; Properties?: Record<string, unknown> }>;
};

export type EventSource = { stop(): Promise<void> };

type Connection = { platform: Platform; functionName: string; functionArn: string; ruleName: string; properties: Record<string, unknown> };

/** Connects what calls a function, as its SAM `Events` say. Gives the pollers that have to be stopped. */
export function connectEvents(platform: Platform, { functionName, functionArn, events }: FunctionEvents): EventSource[] {
  return Object.entries(events).flatMap(([eventName, { Type: type, Properties: properties = {} }]) => {
    const connect = CONNECTORS[type];
    if (!connect)
      throw new Error(
        `Events.${eventName}: the embedded stack has no event source ${type}; there are ${Object.keys(CONNECTORS).join(', ')}`,
      );
    return connect({ platform, functionName, functionArn, ruleName: `${functionName}-${eventName}`, properties }) ?? [];
  });
}

const CONNECTORS: Readonly<Record<string, (connection: Connection) => EventSource | undefined>> = {
  SQS: connectQueue,
  EventBridgeRule: connectRule,
  Schedule: (connection) => connectSchedule(connection, 'Schedule'),
  ScheduleV2: (connection) => connectSchedule(connection, 'ScheduleExpression'),
  Api: connectRoute,
};

function connectQueue({ platform, functionName, properties }: Connection): EventSource | undefined {
  const { sqs, lambda, region, log } = platform;
  // A filter deletes silently what it does not match: better no stack than one that seems to work.
  if (properties.FilterCriteria) throw new Error('the embedded SQS event source has no FilterCriteria');
  if (isFalse(properties.Enabled)) return undefined;
  const queueArn = String(properties.Queue);
  const queueName = queueArn.slice(queueArn.lastIndexOf(':') + 1);
  // Only this event source receives from the queue, and it starts now: whoever holds a message died with an earlier run.
  sqs.releaseInFlight(queueName);
  const { ScalingConfig: scaling, FunctionResponseTypes: responseTypes } = properties as {
    ScalingConfig?: { MaximumConcurrency?: unknown };
    FunctionResponseTypes?: string[];
  };
  return startSqsEventSource({
    sqsCall: sqs.call,
    queueUrl: sqs.queueUrl(queueName),
    queueArn,
    functionName,
    invoke: lambda.invoke,
    batchSize: Number(properties.BatchSize ?? 10),
    maximumBatchingWindowSeconds: Number(properties.MaximumBatchingWindowInSeconds ?? 0),
    ...(scaling?.MaximumConcurrency === undefined ? {} : { maximumConcurrency: Number(scaling.MaximumConcurrency) }),
    reportBatchItemFailures: responseTypes?.includes('ReportBatchItemFailures') ?? false,
    region,
    log,
  });
}

function connectRule({ platform, functionArn, ruleName, properties }: Connection): undefined {
  platform.eventBridge.createRule({
    name: ruleName,
    busName: busNameOf(String(properties.EventBusName ?? 'default')),
    eventPattern: properties.Pattern,
    ...state(properties),
    targets: [{ id: 'function', arn: functionArn, ...toTargetInput(properties) }],
  });
}

function connectSchedule(
  { platform, functionArn, ruleName, properties }: Connection,
  expression: 'Schedule' | 'ScheduleExpression',
): undefined {
  platform.eventBridge.createRule({
    name: ruleName,
    busName: 'default',
    scheduleExpression: String(properties[expression]),
    ...state(properties),
    targets: [{ id: 'function', arn: functionArn, ...toTargetInput(properties) }],
  });
}

function connectRoute({ platform, functionName, properties }: Connection): undefined {
  const { Auth: auth } = properties as { Auth?: { ApiKeyRequired?: unknown } };
  platform.restApi.addRoute({
    method: String(properties.Method).toUpperCase(),
    path: String(properties.Path),
    functionName,
    ...(isStreamMode(properties.ResponseTransferMode) ? { isStreamed: true } : {}),
    ...(auth?.ApiKeyRequired === undefined ? {} : { apiKeyRequired: String(auth.ApiKeyRequired) === 'true' }),
  });
}

function state(properties: Record<string, unknown>): { state?: 'DISABLED' } {
  return properties.State === 'DISABLED' || isFalse(properties.Enabled) ? { state: 'DISABLED' } : {};
}

function isFalse(value: unknown): boolean {
  return value !== undefined && String(value) === 'false';
}
