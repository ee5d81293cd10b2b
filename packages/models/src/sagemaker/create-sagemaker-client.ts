import type { SageMakerRuntimeClient, SageMakerRuntimeClientConfig } from '@aws-sdk/client-sagemaker-runtime';
import { FreshConnectionHandler } from '../fresh-connection-handler.ts';

export type SageMakerClientOptions = {
  /** Most connections to one host. Default 50. */
  maxSocketsPerHost?: number;
  /** Milliseconds for a connection to stand. Default 2,000. */
  connectTimeoutMs?: number;
  /** Default: the SDK's chain, which reads the environment first. */
  credentials?: NonNullable<SageMakerRuntimeClientConfig['credentials']>;
};

/** The SDK, loaded with the first call: its package is a file of its own beside a bundle. */
export type SageMakerSdk = Pick<
  typeof import('@aws-sdk/client-sagemaker-runtime'),
  'SageMakerRuntimeClient' | 'InvokeEndpointCommand' | 'InvokeEndpointWithResponseStreamCommand'
>;

/** A client that calls once, over kept-alive connections. The endpoint comes from the environment. */
export function createSageMakerClient({
  sdk,
  region,
  maxSocketsPerHost = 50,
  connectTimeoutMs = 2000,
  credentials,
}: SageMakerClientOptions & { sdk: SageMakerSdk; region: string }): SageMakerRuntimeClient {
  return new sdk.SageMakerRuntimeClient({
    region,
    maxAttempts: 1,
    requestHandler: new FreshConnectionHandler({ connectTimeoutMs, maxSocketsPerHost }),
    ...(credentials && { credentials }),
  });
}
