import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context, EventBridgeEvent } from 'aws-lambda';
import { MIDDY_OPTIONS } from './middy-options.ts';
import { logger } from './telemetry.ts';

/** A handler for an event of the bus or of a schedule. Throws on failure, so that Lambda retries and then uses the dead-letter queue. */
export function onEvent<Detail = unknown>(react: (event: EventBridgeEvent<string, Detail>, context: Context) => Promise<void>) {
  return middy<EventBridgeEvent<string, Detail>, void, Error, Context>(MIDDY_OPTIONS)
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .handler((event, context) => react(event, context));
}
