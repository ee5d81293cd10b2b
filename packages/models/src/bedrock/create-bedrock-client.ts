import { BedrockRuntimeClient, type BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import { FreshConnectionHandler } from '../fresh-connection-handler.ts';
import { createCachedKeySigner } from './create-cached-key-signer.ts';
import { trimClient } from './trim-client.ts';

export type BedrockClientOptions = {
  /** Most connections to one host; a call beyond them waits for one, and fails as `ConnectTimeout` if it waits too long. Default 50. */
  maxSocketsPerHost?: number;
  /** Milliseconds for a connection to stand. Default 2,000. */
  connectTimeoutMs?: number;
  /** Default: the SDK's chain, which reads the environment first. */
  credentials?: NonNullable<BedrockRuntimeClientConfig['credentials']>;
};

/**
 * A client that calls once: HTTP/1.1 with kept-alive connections (the SDK's default for Bedrock opens a TLS connection
 * for every call), no retries of its own, and a signer that keeps its key. The endpoint comes from the environment.
 */
export function createBedrockClient({
  region,
  maxSocketsPerHost = 50,
  connectTimeoutMs = 2000,
  credentials,
}: BedrockClientOptions & { region: string }): BedrockRuntimeClient {
  const client: BedrockRuntimeClient = new BedrockRuntimeClient({
    region,
    maxAttempts: 1,
    requestHandler: new FreshConnectionHandler({ connectTimeoutMs, maxSocketsPerHost }),
    signer: async () => signer,
    ...(credentials && { credentials }),
  });
  const signer = createCachedKeySigner({ credentials: () => client.config.credentials(), region, service: 'bedrock' });
  return trimClient(client);
}
