import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { type HttpReply, replyHeaders, toRefusal } from './http-reply.ts';
import { type HttpRequest, toRequest } from './http-request.ts';
import { MIDDY_OPTIONS } from './middy-options.ts';
import { logger } from './telemetry.ts';

/** A handler for a REST API proxy integration. Refusals are thrown as HttpError; anything else thrown is a 500 without detail, and is logged. */
export function onRequest(respond: (request: HttpRequest) => Promise<HttpReply>) {
  async function handle(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
    const { requestId } = event.requestContext;
    try {
      return toResult(await respond(toRequest(event)), requestId);
    } catch (error) {
      return toResult(toRefusal(error, requestId), requestId);
    }
  }
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult, Error, Context>(MIDDY_OPTIONS)
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .handler(handle);
}

function toResult({ status, body, headers }: HttpReply, requestId: string): APIGatewayProxyResult {
  return {
    statusCode: status,
    headers: { ...replyHeaders(requestId), ...headers },
    body: JSON.stringify(body),
  };
}
