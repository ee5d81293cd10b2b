import { type BedrockRuntimeClient, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import type { CallModel, ModelReply } from '@signalbox/contracts';
import { makeFailure } from '../make-failure.ts';
import { isStreamed, type RunningCall, runCall } from '../run-call.ts';
import { type AnswerEvents, streamAnswer } from '../stream-answer.ts';
import { StreamContentError } from '../stream-blocks.ts';
import { callConverse } from './call-converse.ts';
import { callEmbed } from './call-embed.ts';
import { type BedrockClientOptions, createBedrockClient } from './create-bedrock-client.ts';
import { mapBedrockError } from './map-bedrock-error.ts';
import { type BedrockCall, toConverseInput } from './to-converse-input.ts';

/**
 * Makes the function that calls Bedrock targets. It answers with a value whatever happens: one call to the provider (of
 * embeddings as many as the model needs for the texts), no retries, and an end within `limits.totalMs`.
 */
export function createBedrockCaller(options: BedrockClientOptions = {}): CallModel {
  const clients = new Map<string, BedrockRuntimeClient>();
  const clientOf = (region: string): BedrockRuntimeClient => {
    const client = clients.get(region) ?? createBedrockClient({ ...options, region });
    clients.set(region, client);
    return client;
  };
  return async (call) => {
    const { target } = call;
    if (target.kind !== 'bedrock') return makeFailure({ outcome: 'misconfigured', error: 'WrongAdapter' });
    if (call.operation !== 'embed' && !call.content.messages) return makeFailure({ outcome: 'rejected', error: 'MissingMessages' });
    return runCall(call, (running) => ask(clientOf(target.region), { ...call, target }, running));
  };
}

function ask(client: BedrockRuntimeClient, call: BedrockCall, { watch, progress }: RunningCall): Promise<ModelReply> {
  if (call.operation === 'embed') return callEmbed({ client, call, watch });
  if (!isStreamed(call)) return callConverse({ client, call, signal: watch.signal });
  const open = async (): Promise<AnswerEvents> => {
    const { stream } = await client.send(new ConverseStreamCommand(toConverseInput(call)), { abortSignal: watch.signal });
    if (!stream) throw new StreamContentError('the reply has no stream');
    return stream;
  };
  return streamAnswer({ call, watch, progress, open, mapError: (thrown) => mapBedrockError({ ...thrown, now: Date.now() }) });
}
