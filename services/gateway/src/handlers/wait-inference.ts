import { setTimeout as sleep } from 'node:timers/promises';
import { createInferenceStore, onRequest, readEnvironment } from '@signalbox/runtime';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { createFindKey } from '../adapters/access-table.ts';
import { createOutputs } from '../adapters/outputs.ts';
import { createAuthenticate } from '../authenticate.ts';
import { createGetInference } from '../get-inference.ts';
import { invalidParameter } from '../parse-list-query.ts';
import { createWaitInference } from '../wait-inference.ts';
import { waitInferenceSeconds } from '../wait-inference-seconds.ts';

const environment = readEnvironment(['INFERENCES_TABLE', 'ACCESS_TABLE', 'DATA_BUCKET']);
const authenticate = createAuthenticate({ findKey: createFindKey({ tableName: environment.ACCESS_TABLE }) });
const waitInference = createWaitInference({
  read: createGetInference({
    get: createInferenceStore({ tableName: environment.INFERENCES_TABLE }).get,
    ...createOutputs({ bucket: environment.DATA_BUCKET }),
  }),
  sleep: (ms) => sleep(ms),
  now: Date.now,
  random: Math.random,
});

/** The time that is left is in the context of each invocation. */
export function handler(event: APIGatewayProxyEvent, context: Context) {
  const respond = onRequest(async (request) => {
    const { tenant } = await authenticate(request.headers);
    const waitSeconds = waitInferenceSeconds(request) ?? refuseMissing();
    const remainingMs = context.getRemainingTimeInMillis();
    return { status: 200, body: await waitInference({ tenant, id: request.pathParameters.id ?? '', waitSeconds, remainingMs }) };
  });
  return respond(event, context);
}

function refuseMissing(): never {
  throw invalidParameter('waitSeconds', 'is missing: it says how long to wait; or read the path without /wait');
}
