import type { CallModel, RoutingTarget } from '@signalbox/contracts';
import { createBedrockCaller } from './bedrock/create-bedrock-caller.ts';
import type { BedrockClientOptions } from './bedrock/create-bedrock-client.ts';
import { createSecretReader, type SecretReader } from './secrets/create-secret-reader.ts';

export type ModelCallerOptions = BedrockClientOptions & {
  /** The installation's stage, part of the names of secrets. Default: `STAGE` of the environment. */
  stage?: string;
  /** Where keys of servers outside AWS are read. Default: SSM and Secrets Manager. */
  secrets?: SecretReader;
};

/**
 * Makes the function that calls targets of every kind. It answers with a value whatever happens: one call to the provider,
 * no retries, and an end within `limits.totalMs`. Code for other kinds than Bedrock is loaded with the first call that needs it.
 *
 * @example
 * const callModel = createModelCaller();
 * const reply = await callModel({ target, content, inferenceConfig: { maxTokens: 500 }, limits: { totalMs: 30_000 }, signal });
 */
export function createModelCaller({ stage = process.env.STAGE, secrets, ...options }: ModelCallerOptions = {}): CallModel {
  const bedrock = createBedrockCaller(options);
  const loaders: Record<RoutingTarget['kind'], () => Promise<CallModel>> = {
    bedrock: async () => bedrock,
    openai: once(async () => {
      const { createOpenAiCaller } = await import('./openai/create-openai-caller.ts');
      return createOpenAiCaller({ ...options, secrets: secrets ?? createSecretReader({ stage }) });
    }),
    sagemaker: once(async () => {
      const { createSageMakerCaller } = await import('./sagemaker/create-sagemaker-caller.ts');
      return createSageMakerCaller(options);
    }),
  };
  return async (call) => (await loaders[call.target.kind]())(call);
}

function once<Result>(load: () => Promise<Result>): () => Promise<Result> {
  let loaded: Promise<Result> | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}
