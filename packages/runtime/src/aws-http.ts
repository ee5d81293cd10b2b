import { NodeHttpHandler } from '@smithy/node-http-handler';

/** Settings for the clients of AWS services other than models: keep-alive, and time limits that throw. */
export function awsClientConfig({ requestTimeoutMs = 3_000, maxSockets = 50, maxAttempts = 3 } = {}) {
  return {
    maxAttempts,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 1_000,
      requestTimeout: requestTimeoutMs,
      // Without it the SDK only warns (and waits on).
      throwOnRequestTimeout: true,
      // The request timeout ends with the headers; a body may stall after them.
      socketTimeout: requestTimeoutMs,
      httpAgent: { keepAlive: true, maxSockets },
      httpsAgent: { keepAlive: true, maxSockets },
    }),
  };
}
