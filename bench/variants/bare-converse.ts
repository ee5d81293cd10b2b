import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { inferenceConfig, MODEL_ID, messages } from '../sample-conversation.ts';
import type { Variant } from './variant.ts';

const client = new BedrockRuntimeClient({
  requestHandler: new NodeHttpHandler({ httpAgent: { keepAlive: true, maxSockets: 50 }, httpsAgent: { keepAlive: true, maxSockets: 50 } }),
});

/** The reference: nothing but the AWS SDK, tuned as its documentation says, Converse for every request side by side. */
export const { prepare, run }: Variant<number> = {
  prepare: (requests) => requests,
  run: async (requests) => {
    await Promise.all(
      Array.from({ length: requests }, async () => {
        const { output } = await client.send(new ConverseCommand({ modelId: MODEL_ID, messages, inferenceConfig }));
        if (!output?.message?.content?.[0]?.text) throw new Error('Converse gave no text');
      }),
    );
  },
};
