import { type BedrockRuntimeClient, InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import type { JsonObject } from '@signalbox/contracts';
import { asCount, asRecord } from '../read-json.ts';

export type Invocation = {
  client: BedrockRuntimeClient;
  modelId: string;
  serviceTier?: 'priority' | 'flex' | undefined;
  body: JsonObject;
  signal: AbortSignal;
};

/** What InvokeModel gave: its body as text, and the tokens of the input where Bedrock's headers count them. */
export type InvocationReply = { text: string; inputTokens: number | undefined };

/** Calls a model by its maker's own body. Throws what the SDK throws. */
export async function invokeModel({ client, modelId, serviceTier, body, signal }: Invocation): Promise<InvocationReply> {
  const command = new InvokeModelCommand({
    modelId,
    contentType: 'application/json',
    accept: 'application/json',
    body: JSON.stringify(body),
    ...(serviceTier && { serviceTier }),
  });
  let headers: Record<string, unknown> = {};
  // The SDK's reply has the body and nothing of these headers.
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      headers = asRecord(asRecord(result.response).headers);
      return result;
    },
    { name: 'signalboxReadHeaders', step: 'deserialize', priority: 'high' },
  );
  const reply = await client.send(command, { abortSignal: signal });
  const counted = headers['x-amzn-bedrock-input-token-count'];
  return { text: reply.body.transformToString(), inputTokens: typeof counted === 'string' ? asCount(Number(counted)) : undefined };
}
