import { BedrockRuntimeClient, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { inferenceConfig, MODEL_ID, messages } from '../sample-conversation.ts';
import type { Variant } from './variant.ts';

const client = new BedrockRuntimeClient({
  requestHandler: new NodeHttpHandler({ httpAgent: { keepAlive: true, maxSockets: 50 }, httpsAgent: { keepAlive: true, maxSockets: 50 } }),
});

/** The reference for routes that stream from the model: nothing but the AWS SDK, ConverseStream read to its end. */
export const { prepare, run }: Variant<number> = {
  prepare: (requests) => requests,
  run: async (requests) => {
    await Promise.all(Array.from({ length: requests }, readOne));
  },
};

async function readOne(): Promise<void> {
  const { stream } = await client.send(new ConverseStreamCommand({ modelId: MODEL_ID, messages, inferenceConfig }));
  let text = '';
  for await (const event of stream ?? []) text += event.contentBlockDelta?.delta?.text ?? '';
  if (text === '') throw new Error('ConverseStream gave no text');
}
