import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StackFile } from '@signalbox/contracts';
import type { ChatTimes } from './ask-chat.ts';
import { ask, end, nextMessage } from './child-messages.ts';
import { deviceEnvironment } from './device-environment.ts';
import type { HandlerCall, HandlerTimes } from './gateway-handler.ts';

const BUNDLE = join(import.meta.dirname, '../services/gateway/dist/complete-chat/index.js');

export type GatewayHandler = {
  /** Invokes it once with this body, one after the other. */
  ask: (body: object) => Promise<ChatTimes>;
  stop: () => Promise<void>;
};

/** Starts a process with the deployed handler of chat completions, which keeps its records and reads its table in a running stack. */
export async function startGatewayHandler(stack: StackFile, bundle = BUNDLE): Promise<GatewayHandler> {
  if (!existsSync(bundle)) throw new Error(`${bundle} does not exist. Build it with "npm run build".`);
  const child = fork(join(import.meta.dirname, 'gateway-handler.ts'), [bundle], {
    env: handlerEnvironment(stack),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  process.once('exit', () => child.kill());
  await nextMessage(child);
  return {
    async ask(body) {
      const times = await ask<HandlerTimes>(child, { event: proxyEvent(stack.apiKey, body) } satisfies HandlerCall);
      if ('error' in times) throw new Error(times.error);
      return times;
    },
    stop: () => end(child),
  };
}

/** The variables of CompleteChatFunction in services/gateway/template.yaml. */
function handlerEnvironment({ awsEndpointUrl, credentials, tables, buckets, eventBusName, appConfig }: StackFile): Record<string, string> {
  return {
    ...deviceEnvironment(awsEndpointUrl),
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    STAGE: 'local',
    ACCESS_TABLE: tables.access ?? '',
    INFERENCES_TABLE: tables.inferences ?? '',
    OVERLAY_TABLE: tables.overlay ?? '',
    LIMITS_TABLE: tables.limits ?? '',
    EVENT_BUS: eventBusName,
    DATA_BUCKET: buckets.data ?? '',
    APPCONFIG_APPLICATION: appConfig.application,
    APPCONFIG_ENVIRONMENT: appConfig.environment,
    APPCONFIG_PROFILE: appConfig.profile,
    POWERTOOLS_SERVICE_NAME: 'gateway',
    POWERTOOLS_METRICS_NAMESPACE: 'Signalbox',
    POWERTOOLS_LOG_LEVEL: 'INFO',
  };
}

function proxyEvent(apiKey: string, body: object): object {
  const path = '/v1/chat/completions';
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  return {
    resource: path,
    path,
    httpMethod: 'POST',
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    requestContext: { requestId: 'bench', stage: 'local', path, httpMethod: 'POST', identity: { sourceIp: '127.0.0.1' } },
    body: JSON.stringify(body),
    isBase64Encoded: false,
  };
}
