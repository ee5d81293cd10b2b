import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';

/** Names us to the provider; the SDK would put its own together anew for every call. */
const USER_AGENT = 'signalbox aws-sdk-js/3';

type Pass = <Arguments, Result>(next: (args: Arguments) => Promise<Result>) => (args: Arguments) => Promise<Result>;
const pass: Pass = (next) => (args) => next(args);

/**
 * Takes out of a client what a call through Signalbox does not use: its retry loop (ours is the only one), its logger, and the user agent that it assembles per call. Throws when
 * the SDK no longer has a step of that name, so that an upgrade cannot bring one back unnoticed.
 */
export function trimClient(client: BedrockRuntimeClient): BedrockRuntimeClient {
  const stack = client.middlewareStack;
  for (const name of ['loggerMiddleware', 'getUserAgentMiddleware', 'retryMiddleware']) {
    if (!stack.remove(name))
      throw new Error(`The Bedrock client has no step "${name}" any more; bring trim-client.ts in line with this SDK version.`);
  }
  // The signer is placed after the retry loop by name, so that its place has to stay.
  stack.add(pass, { name: 'retryMiddleware', step: 'finalizeRequest', priority: 'high' });
  stack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers['user-agent'] = USER_AGENT;
      return next(args);
    },
    { name: 'signalboxUserAgent', step: 'build', priority: 'low' },
  );
  return client;
}
