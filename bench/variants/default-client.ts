import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { inferenceConfig, MODEL_ID, messages } from '../sample-conversation.ts';

const client = new BedrockRuntimeClient();

/** The smallest handler that anyone would write: the SDK's defaults, one Converse. */
export async function handler(): Promise<string> {
  const { output } = await client.send(new ConverseCommand({ modelId: MODEL_ID, messages, inferenceConfig }));
  const text = output?.message?.content?.[0]?.text;
  if (!text) throw new Error('Converse gave no text');
  return text;
}
