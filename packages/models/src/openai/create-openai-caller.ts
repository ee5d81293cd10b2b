import type { Readable } from 'node:stream';
import type { CallModel, JsonObject, ModelCall, ModelReply, OpenAiTarget } from '@signalbox/contracts';
import { FreshConnectionHandler } from '../fresh-connection-handler.ts';
import { makeFailure } from '../make-failure.ts';
import { isStreamed, type RunningCall, runCall } from '../run-call.ts';
import type { SecretReader } from '../secrets/create-secret-reader.ts';
import { streamAnswer } from '../stream-answer.ts';
import { textsOf } from '../texts-of.ts';
import { chunkEvents } from './chunk-events.ts';
import { readEmbeddings, toEmbedBody } from './embeddings.ts';
import { mapOpenAiError } from './map-openai-error.ts';
import { type HttpReply, postJson } from './post-json.ts';
import { ProviderError } from './provider-error.ts';
import { readErrorBody, readJson } from './read-body.ts';
import { readChunks } from './read-chunks.ts';
import { toChatBody } from './to-chat-body.ts';
import { wholeAnswer } from './whole-answer.ts';

export type OpenAiCallerOptions = {
  secrets: SecretReader;
  /** Most connections to one host. Default 50. */
  maxSocketsPerHost?: number;
  /** Milliseconds for a connection to stand. Default 2,000. */
  connectTimeoutMs?: number;
};

type OpenAiCall = ModelCall & { target: OpenAiTarget };
type Asked = { call: OpenAiCall; running: RunningCall; post: Post };
type Post = (request: { path: string; body: JsonObject; accept: string }) => Promise<HttpReply>;

/** How long a server may take to end its reply after `[DONE]`, in milliseconds, before its connection is given up. */
const DRAIN_MS = 100;

/** Makes the function that calls servers of OpenAI's shape. It answers with a value whatever happens: one call, no retries, and an end within `limits.totalMs`. */
export function createOpenAiCaller({ secrets, maxSocketsPerHost = 50, connectTimeoutMs = 2000 }: OpenAiCallerOptions): CallModel {
  const handler = new FreshConnectionHandler({ connectTimeoutMs, maxSocketsPerHost });
  return async (call) => {
    const { target } = call;
    if (target.kind !== 'openai') return makeFailure({ outcome: 'misconfigured', error: 'WrongAdapter' });
    return runCall(call, (running) => {
      const post = createPost({ handler, secrets, target, call, signal: running.watch.signal });
      return ask({ call: { ...call, target }, running, post });
    });
  };
}

function ask(asked: Asked): Promise<ModelReply> {
  const { call } = asked;
  if (call.operation === 'embed') return askEmbeddings(asked);
  if (!call.content.messages) return Promise.resolve(makeFailure({ outcome: 'rejected', error: 'MissingMessages' }));
  return isStreamed(call) ? askStream(asked) : askWhole(asked);
}

function askStream({ call, running, post }: Asked): Promise<ModelReply> {
  const open = async () => {
    const { body } = await post({ path: '/chat/completions', body: chatBody(call, true), accept: 'text/event-stream' });
    return chunkEvents(readChunks({ body, onDone: () => endSoon(body) }));
  };
  return streamAnswer({ call, ...running, open, mapError: (thrown) => mapOpenAiError({ ...thrown, now: Date.now() }) });
}

async function askWhole({ call, post }: Asked): Promise<ModelReply> {
  return settle(
    () => post({ path: '/chat/completions', body: chatBody(call, false), accept: 'application/json' }),
    async ({ body }) => wholeAnswer(await readJson(body)),
  );
}

async function askEmbeddings({ call, running, post }: Asked): Promise<ModelReply> {
  const texts = textsOf(call.content.input);
  if (!texts)
    return makeFailure({ outcome: 'rejected', error: 'InvalidInput', providerMessage: '`input` must be a text or a list of texts.' });
  const body = toEmbedBody({ texts, fields: call.content.additionalModelRequestFields, model: call.target.modelId });
  return settle(
    () => post({ path: '/embeddings', body, accept: 'application/json' }),
    async (reply) => {
      const embeddings = await readJson(reply.body);
      running.watch.sawEvent(true);
      return readEmbeddings(embeddings, texts);
    },
  );
}

/** An answer in one piece, or what the error on the way to it means. */
async function settle(start: () => Promise<HttpReply>, read: (reply: HttpReply) => Promise<ModelReply>): Promise<ModelReply> {
  let hasBegun = false;
  try {
    const reply = await start();
    hasBegun = true;
    return await read(reply);
  } catch (error) {
    return mapOpenAiError({ error, hasBegun, now: Date.now() });
  }
}

function chatBody({ target, content, inferenceConfig }: OpenAiCall, streams: boolean): JsonObject {
  const { modelId: model, maxTokensField = 'max_tokens' } = target;
  return toChatBody({ content, inferenceConfig, model, maxTokensField, isStreamed: streams });
}

type PostParts = { handler: FreshConnectionHandler; secrets: SecretReader; target: OpenAiTarget; call: ModelCall; signal: AbortSignal };

/** Posts to the target's server with its key. Throws `ProviderError` for any status but success. */
function createPost({ handler, secrets, target, call, signal }: PostParts): Post {
  return async ({ path, body, accept }) => {
    const key = target.apiKey && (await secrets.read(target.apiKey));
    const headers = {
      accept,
      'user-agent': 'signalbox',
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(call.synthetic && { 'x-signalbox-synthetic': 'true' }),
    };
    signal.throwIfAborted();
    const reply = await postJson({ handler, url: endpointOf(target.baseUrl, path), headers, body, signal });
    if (reply.status >= 200 && reply.status < 300) return reply;
    if (reply.status === 401 && target.apiKey) secrets.distrust(target.apiKey);
    // An error whose body breaks off is still that error.
    const said = await readErrorBody(reply.body).catch(() => undefined);
    throw new ProviderError({ status: reply.status, headers: reply.headers, body: said });
  };
}

/** The base may carry a query of its own, as Azure's does. */
function endpointOf(baseUrl: string, path: string): URL {
  const url = new URL(baseUrl);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
  return url;
}

/** A reply that ends by itself gives its connection back; one that stays open has nothing more to say. */
function endSoon(body: Readable): void {
  const timer = setTimeout(() => body.destroy(), DRAIN_MS);
  body.once('close', () => clearTimeout(timer));
}
