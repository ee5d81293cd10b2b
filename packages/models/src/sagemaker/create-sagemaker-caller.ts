import type { ResponseStream, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import type { CallModel, JsonObject, ModelCall, ModelReply, SageMakerTarget } from '@signalbox/contracts';
import { makeFailure } from '../make-failure.ts';
import { chunkEvents } from '../openai/chunk-events.ts';
import { readEmbeddings, toEmbedBody } from '../openai/embeddings.ts';
import { parseJson } from '../openai/read-body.ts';
import { readChunks } from '../openai/read-chunks.ts';
import { toChatBody } from '../openai/to-chat-body.ts';
import { wholeAnswer } from '../openai/whole-answer.ts';
import { isStreamed, type RunningCall, runCall } from '../run-call.ts';
import { streamAnswer } from '../stream-answer.ts';
import { textsOf } from '../texts-of.ts';
import { createSageMakerClient, type SageMakerClientOptions, type SageMakerSdk } from './create-sagemaker-client.ts';
import { mapSageMakerError } from './map-sagemaker-error.ts';

/** A container must answer within 60 s, or begin to; ten more for the way. What is silent longer will stay so. In milliseconds. */
const SILENCE_MS = 70_000;

type SageMakerCall = ModelCall & { target: SageMakerTarget };
type Asked = { sdk: SageMakerSdk; client: SageMakerRuntimeClient; call: SageMakerCall; running: RunningCall };

/** Makes the function that calls SageMaker endpoints whose containers take OpenAI's shape. It answers with a value whatever happens: one call, no retries, and an end within `limits.totalMs`. */
export function createSageMakerCaller(options: SageMakerClientOptions = {}): CallModel {
  const clients = new Map<string, SageMakerRuntimeClient>();
  return async (call) => {
    const { target } = call;
    if (target.kind !== 'sagemaker') return makeFailure({ outcome: 'misconfigured', error: 'WrongAdapter' });
    return runCall(withSilenceLimit(call), async (running) => {
      const sdk = await import('@aws-sdk/client-sagemaker-runtime');
      const client = clients.get(target.region) ?? createSageMakerClient({ ...options, sdk, region: target.region });
      clients.set(target.region, client);
      return ask({ sdk, client, call: { ...call, target }, running });
    });
  };
}

function withSilenceLimit(call: ModelCall): ModelCall {
  const { limits } = call;
  return { ...call, limits: { ...limits, firstTokenMs: Math.min(limits.firstTokenMs ?? SILENCE_MS, SILENCE_MS) } };
}

function ask(asked: Asked): Promise<ModelReply> {
  const { call } = asked;
  if (call.operation === 'embed') return askEmbeddings(asked);
  if (!call.content.messages) return Promise.resolve(makeFailure({ outcome: 'rejected', error: 'MissingMessages' }));
  return isStreamed(call) ? askStream(asked) : settle(asked, () => chatBody(call, false), wholeAnswer);
}

function askStream({ sdk, client, call, running }: Asked): Promise<ModelReply> {
  const open = async () => {
    const input = { ...toInput(call, chatBody(call, true)), Accept: 'text/event-stream' };
    const { Body } = await client.send(new sdk.InvokeEndpointWithResponseStreamCommand(input), { abortSignal: running.watch.signal });
    return chunkEvents(readChunks({ body: payloads(Body) }));
  };
  return streamAnswer({ call, ...running, open, mapError: (thrown) => mapSageMakerError({ ...thrown, now: Date.now() }) });
}

function askEmbeddings(asked: Asked): Promise<ModelReply> {
  const { content } = asked.call;
  const texts = textsOf(content.input);
  if (!texts) {
    const providerMessage = '`input` must be a text or a list of texts.';
    return Promise.resolve(makeFailure({ outcome: 'rejected', error: 'InvalidInput', providerMessage }));
  }
  const body = () => toEmbedBody({ texts, fields: content.additionalModelRequestFields });
  return settle(asked, body, (reply) => readEmbeddings(reply, texts));
}

/** An answer in one piece, or what the error on the way to it means. */
async function settle(
  { sdk, client, call, running }: Asked,
  toBody: () => JsonObject,
  read: (reply: unknown) => ModelReply | Promise<ModelReply>,
): Promise<ModelReply> {
  let hasBegun = false;
  try {
    const command = new sdk.InvokeEndpointCommand({ ...toInput(call, toBody()), Accept: 'application/json' });
    const { Body } = await client.send(command, { abortSignal: running.watch.signal });
    hasBegun = true;
    return await read(parseJson(Buffer.from(Body ?? []).toString('utf8')));
  } catch (error) {
    return mapSageMakerError({ error, hasBegun, now: Date.now() });
  }
}

/** An endpoint hosts the model that it hosts, so the body names none, unless the request's own fields do. */
function chatBody({ content, inferenceConfig }: SageMakerCall, streams: boolean): JsonObject {
  return toChatBody({ content, inferenceConfig, maxTokensField: 'max_tokens', isStreamed: streams });
}

function toInput({ target, synthetic }: SageMakerCall, body: JsonObject) {
  return {
    EndpointName: target.modelId,
    ...(target.component !== undefined && { InferenceComponentName: target.component }),
    ContentType: 'application/json',
    Body: Buffer.from(JSON.stringify(body)),
    ...(synthetic && { CustomAttributes: 'synthetic=true' }),
  };
}

/** The bytes of a stream's parts, which SageMaker cuts anywhere. */
async function* payloads(stream: AsyncIterable<ResponseStream> | undefined): AsyncGenerator<Uint8Array> {
  for await (const { PayloadPart } of stream ?? []) if (PayloadPart?.Bytes) yield PayloadPart.Bytes;
}
