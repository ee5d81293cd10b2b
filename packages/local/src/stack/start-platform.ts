import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createRestApi } from '../api/rest-api.ts';
import { createAppConfig } from '../appconfig/app-config.ts';
import { createBedrock } from '../bedrock/bedrock.ts';
import { createAwsFaults } from '../chaos/aws-faults.ts';
import { createCallCounts } from '../chaos/call-counts.ts';
import { createChaosApi } from '../chaos/chaos-api.ts';
import { createInterfere } from '../chaos/interfere.ts';
import { createAlarms } from '../cloudwatch/alarms.ts';
import { createLocalDynamoDb } from '../dynamodb/local-dynamodb.ts';
import { createEventBridge } from '../events/event-bridge.ts';
import { type RequestHandler, startListener } from '../http/listener.ts';
import { createRouter } from '../http/router.ts';
import { writeJson } from '../http/write-reply.ts';
import { createLambdaApi } from '../lambda/lambda-api.ts';
import { createLambdaHost } from '../lambda/lambda-host.ts';
import { createLocalS3 } from '../s3/local-s3.ts';
import { createSecretsManager } from '../secrets-manager/secrets-manager.ts';
import type { Log } from '../service.ts';
import { createLocalSqs } from '../sqs/local-sqs.ts';
import { createParameterStore } from '../ssm/parameter-store.ts';
import { createStepFunctions } from '../step-functions/step-functions.ts';
import { createSts } from '../sts/sts.ts';
import type { Platform } from './platform.ts';

export type ModelServers = Readonly<Record<string, { baseUrl: string; model: string }>>;

export type PlatformOptions = {
  port: number;
  dataDirectory: string | undefined;
  region: string;
  accountId: string;
  stage: string;
  modelServers: ModelServers;
  /** How long a minute of deployments and of alarms' periods lasts. */
  minuteMs: number;
  log: Log;
};

/** Starts the embedded AWS behind one port. What it opens is closed, last opened first, by `closing`. */
export async function startPlatform(options: PlatformOptions, closing: AsyncDisposableStack): Promise<Platform> {
  const { region, accountId, stage, log } = options;
  const state = (name: string) => (options.dataDirectory === undefined ? undefined : join(options.dataDirectory, name));
  const stateFile = (name: string) => (options.dataDirectory === undefined ? {} : { stateFile: join(options.dataDirectory, name) });
  if (options.dataDirectory !== undefined) mkdirSync(options.dataDirectory, { recursive: true });

  let route: RequestHandler = (_request, response) => writeJson(response, 503, { message: 'The stack is starting.' });
  const listener = await startListener({ port: options.port, onRequest: (request, response) => route(request, response) });
  closing.defer(() => listener.close());
  const endpointUrl = `http://127.0.0.1:${listener.port}`;

  const sqs = closing.adopt(await createLocalSqs({ endpointUrl, region, directory: state('sqs') }), (service) => service.close());
  const s3 = closing.adopt(await createLocalS3({ directory: state('s3') }), (service) => service.close());
  const dynamodb = closing.adopt(await createLocalDynamoDb({ region, accountId, directory: state('dynamodb'), log }), (service) =>
    service.close(),
  );
  const sendToQueue = (queueArn: string, body: string, attributes: Record<string, string> = {}): Promise<void> =>
    sqs.call('SendMessage', {
      QueueUrl: sqs.queueUrl(nameOfArn(queueArn)),
      MessageBody: body,
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
      ),
    });
  // Closed last opened first: functions end before the models they call, schedules before the functions they invoke.
  const bedrock = closing.adopt(
    createBedrock({ log: (message) => log({ source: 'bedrock', level: 'warn', message }), modelServers: options.modelServers }),
    (service) => service.stop(),
  );
  const alarms = createAlarms({ log, now: Date.now, secondMs: options.minuteMs / 60 });
  closing.defer(() => alarms.stop());
  const functionLog: Log = (line) => {
    if (line.source === 'function') alarms.observe(line.message);
    log(line);
  };
  const lambda = closing.adopt(createLambdaHost({ endpointUrl, region, accountId, log: functionLog, sendToQueue }), (host) => host.stop());
  const invokeFunction = async (functionArn: string, payload: unknown): Promise<void> => {
    const result = await lambda.invoke({ functionName: nameOfArn(functionArn), payload, kind: 'event' });
    if (result.kind === 'error') throw new Error(result.message);
  };
  const eventBridge = createEventBridge({
    region,
    accountId,
    ...stateFile('events.json'),
    minuteMs: options.minuteMs,
    sendToQueue,
    invokeFunction,
    log,
  });
  closing.defer(() => eventBridge.stop());
  const invokeValidator = async (functionArn: string, payload: unknown): Promise<void> => {
    const result = await lambda.invoke({ functionName: nameOfArn(functionArn), payload, kind: 'request' });
    if (result.kind === 'error') throw new Error(result.message);
  };
  const appConfig = createAppConfig({
    ...stateFile('appconfig.json'),
    now: Date.now,
    invokeValidator,
    invokeExtension: invokeFunction,
    alarmState: alarms.stateOf,
    minuteMs: options.minuteMs,
    onError: (message, error) =>
      log({ source: 'appconfig', level: 'warn', message: `${message}: ${error instanceof Error ? error.message : String(error)}` }),
  });
  const stepFunctions = closing.adopt(createStepFunctions({ region, accountId, invoke: lambda.invoke, log, now: Date.now }), (service) =>
    service.stop(),
  );
  const parameterStore = createParameterStore({ accountId, ...stateFile('ssm.json') });
  const restApi = createRestApi({ invoke: lambda.invoke, invokeStream: lambda.invokeStream, region, accountId, stage, log });

  const faults = createAwsFaults({ now: Date.now });
  const counts = createCallCounts();
  const { isSandboxKey, killSandbox } = lambda;
  route = createRouter({
    services: [
      sqs.service,
      s3.service,
      dynamodb.service,
      eventBridge.service,
      appConfig.service,
      stepFunctions.service,
      createLambdaApi(lambda),
      parameterStore.service,
      createSecretsManager({ accountId, ...stateFile('secrets.json') }),
      createSts({ accountId }),
    ],
    bedrock: bedrock.service,
    sageMaker: bedrock.sageMaker,
    openAi: bedrock.openAi,
    restApi: restApi.handle,
    admin: [createChaosApi({ faults, counts }), alarms.admin, bedrock.admin],
    interfere: createInterfere({ faults, counts, isSandboxKey, killSandbox }),
    log,
  });
  const services = { sqs, s3, dynamodb, eventBridge, appConfig, alarms, stepFunctions, parameterStore, lambda, restApi };
  return { region, accountId, stage, endpointUrl, ...services, log };
}

function nameOfArn(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}
