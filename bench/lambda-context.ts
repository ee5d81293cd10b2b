import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';

const TIMEOUT_MS = 300_000;

/** The context of an invocation that has just begun, of the worker of the standard queue. */
export function lambdaContext(): Context {
  const endsAt = Date.now() + TIMEOUT_MS;
  const functionName = 'signalbox-bench-process-standard';
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
    memoryLimitInMB: '256',
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: '2026/11/20/[$LATEST]bench',
    getRemainingTimeInMillis: () => endsAt - Date.now(),
    // The callback style of old; Node.js 24 on Lambda calls none of them.
    done: unused,
    fail: unused,
    succeed: unused,
  };
}

function unused(): never {
  throw new Error('the callback style of handlers is not supported');
}
