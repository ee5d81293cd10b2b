import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../service.ts';
import type { InvokeError, InvokeResult } from './function-definition.ts';
import type { LambdaFunction } from './lambda-function.ts';

/** Sends one message body to a queue. */
export type SendToQueue = (queueArn: string, body: string, attributes?: Record<string, string>) => Promise<void>;

/** Lambda waits one and two minutes before its two retries; nobody at a laptop wants to. */
const RETRY_DELAYS_MS = [1000, 2000];

/**
 * An asynchronous invocation after its acceptance: waits in line, is retried twice, then reported and, where the function
 * names one, sent to its on-failure queue. Accepted events live in memory: unlike Lambda's, they do not survive a kill.
 */
export async function invokeInBackground(input: {
  lambda: LambdaFunction;
  payload: string;
  functionArn: string;
  signal: AbortSignal;
  sendToQueue: SendToQueue | undefined;
  log: Log;
}): Promise<void> {
  const { lambda, payload, signal } = input;
  const requestId = randomUUID();
  let result = await lambda.runInLine(payload, requestId);
  for (const delayMs of RETRY_DELAYS_MS) {
    if (result.kind === 'success' || signal.aborted) break;
    // An abort only ends the wait: the loop sees it next.
    await sleep(delayMs, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) result = await lambda.runInLine(payload, requestId);
  }
  if (result.kind === 'error') await reportFailure({ ...input, requestId, error: result });
}

async function reportFailure(input: Parameters<typeof invokeInBackground>[0] & { requestId: string; error: InvokeError }): Promise<void> {
  const { lambda, requestId, error, sendToQueue } = input;
  const say = (message: string) =>
    input.log({ level: 'error', source: 'lambda', functionName: lambda.definition.name, requestId, message });
  const queueArn = lambda.definition.onFailureQueueArn;
  if (input.signal.aborted)
    return say(`LOST: an event for ${lambda.definition.name} was not handled before the stack stopped (${error.errorType}).`);
  if (queueArn === undefined || sendToQueue === undefined) {
    return say(
      `LOST: ${lambda.definition.name} failed an event three times and has no on-failure queue: ${error.errorType}: ${error.message}`,
    );
  }
  try {
    await sendToQueue(queueArn, JSON.stringify(failureRecord(input)));
    say(`${lambda.definition.name} failed an event three times; it was sent to ${queueArn}: ${error.errorType}: ${error.message}`);
  } catch (cause) {
    say(`LOST: ${lambda.definition.name} failed an event three times, and ${queueArn} did not take it: ${String(cause)}`);
  }
}

/** The record Lambda sends to an on-failure destination. */
function failureRecord(input: {
  functionArn: string;
  payload: string;
  requestId: string;
  error: Extract<InvokeResult, { kind: 'error' }>;
}): unknown {
  const { error } = input;
  return {
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId: input.requestId,
      functionArn: `${input.functionArn}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: RETRY_DELAYS_MS.length + 1,
    },
    requestPayload: JSON.parse(input.payload),
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: { errorType: error.errorType, errorMessage: error.message },
  };
}
