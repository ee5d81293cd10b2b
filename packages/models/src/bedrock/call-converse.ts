import { type BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import type { Json, ModelReply } from '@signalbox/contracts';
import { judgeAnswer } from '../judge-answer.ts';
import { toJson } from '../to-json.ts';
import { mapBedrockError } from './map-bedrock-error.ts';
import { mapUsage } from './map-usage.ts';
import { type BedrockCall, toConverseInput } from './to-converse-input.ts';

/** One answer in one piece. Never rejects. */
export async function callConverse({
  client,
  call,
  signal,
}: {
  client: BedrockRuntimeClient;
  call: BedrockCall;
  signal: AbortSignal;
}): Promise<ModelReply> {
  let hasBegun = false;
  try {
    const { output, stopReason, usage } = await client.send(new ConverseCommand(toConverseInput(call)), { abortSignal: signal });
    hasBegun = true;
    const { role = 'assistant', content = [] } = output?.message ?? {};
    return judgeAnswer({ message: { role, content: toJson(content) as Json[] }, stopReason, usage: mapUsage(usage) });
  } catch (error) {
    return mapBedrockError({ error, now: Date.now(), hasBegun });
  }
}
