import type { createRestApi } from '../api/rest-api.ts';
import type { createAppConfig } from '../appconfig/app-config.ts';
import type { Alarms } from '../cloudwatch/alarms.ts';
import type { LocalDynamoDb } from '../dynamodb/local-dynamodb.ts';
import type { createEventBridge } from '../events/event-bridge.ts';
import type { LambdaHost } from '../lambda/lambda-host.ts';
import type { LocalS3 } from '../s3/local-s3.ts';
import type { Log } from '../service.ts';
import type { LocalSqs } from '../sqs/local-sqs.ts';
import type { createParameterStore } from '../ssm/parameter-store.ts';
import type { StepFunctions } from '../step-functions/step-functions.ts';

/** The embedded AWS that templates are provisioned into. */
export type Platform = {
  region: string;
  accountId: string;
  stage: string;
  endpointUrl: string;
  sqs: LocalSqs;
  s3: LocalS3;
  dynamodb: LocalDynamoDb;
  eventBridge: ReturnType<typeof createEventBridge>;
  appConfig: ReturnType<typeof createAppConfig>;
  alarms: Alarms;
  stepFunctions: StepFunctions;
  parameterStore: ReturnType<typeof createParameterStore>;
  lambda: LambdaHost;
  restApi: ReturnType<typeof createRestApi>;
  log: Log;
};

/** What a template's `Ref` and `Fn::GetAtt` give for a resource that exists. */
export type CreatedResource = { type: string; ref: string; attributes: Readonly<Record<string, unknown>> };

export type CreateInput = {
  platform: Platform;
  logicalId: string;
  /** Unless the template gives one: stack and logical id. */
  defaultName: string;
  /** Resolved. */
  properties: Record<string, unknown>;
  /** Folder of the template: paths in it are relative to that. */
  templateDirectory: string;
};

/** Creates a resource, or finds the one of an earlier run. */
export type Create = (input: CreateInput) => Promise<Omit<CreatedResource, 'type'>> | Omit<CreatedResource, 'type'>;

/** A property that must be text, or the default. */
export function textProperty(properties: Record<string, unknown>, name: string, fallback?: string): string {
  const value = properties[name] ?? fallback;
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new Error(`the property ${name} must be text, and is ${value === undefined ? 'missing' : JSON.stringify(value)}`);
}
