import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import type { ModelCall, ModelSource } from './answer.ts';
import { BedrockError } from './bedrock-error.ts';
import { chatAnswer } from './chat-answer.ts';
import { chatParts } from './chat-parts.ts';
import { chatRequest } from './chat-request.ts';
import { estimateInputTokens } from './estimate-tokens.ts';
import { loopbackUrl } from './loopback-url.ts';
import { readServerSentEvents } from './server-sent-events.ts';

/** Where a model is really served: an OpenAI-compatible server on this machine and the model's name there. */
export type ModelServer = { baseUrl: string; model: string };

/** In `modelServers`, stands for every model that is not named there. */
export const EVERY_MODEL = '*';

// An own agent: the global one may be told by the environment to use a proxy. Kept-alive sockets would bring resets of idle ones.
const agent = new Agent({ keepAlive: false });

/** A model answered by a real server; `modelId` is as in `modelServers`. Throws when its URL is not on this machine. */
export function createModelServer({ baseUrl, model }: ModelServer, modelId: string): ModelSource {
  const url = loopbackUrl(baseUrl, modelId);
  if (model === EVERY_MODEL)
    throw new Error(
      `modelServers['${modelId}'] does not say which model ${url} is to be asked for: write its name there after a #, as in ${url}#llama3.2.`,
    );
  const ask = (call: ModelCall, stream: boolean) =>
    post({ url, modelId, call, body: chatRequest({ request: call.request, model, stream }) });
  return {
    async answer(call) {
      const text = await readText(await ask(call, false), url);
      return chatAnswer(parseJson(text, url), estimateInputTokens(call.request));
    },
    async *stream(call) {
      const response = await ask(call, true);
      yield* chatParts(readServerSentEvents(named(response, url)), estimateInputTokens(call.request));
    },
  };
}

type Post = { url: string; modelId: string; call: ModelCall; body: unknown };

async function post({ url, modelId, call, body }: Post): Promise<IncomingMessage> {
  const response = await send(`${url}/chat/completions`, body, call.signal).catch((error: NodeJS.ErrnoException) => {
    if (call.signal.aborted) throw error;
    const advice = `Start the server (for Ollama: \`ollama serve\`), or take '${modelId}' out of modelServers to have it simulated.`;
    throw new BedrockError('ServiceUnavailableException', `No model server answers at ${url} (${error.code ?? error.message}). ${advice}`, {
      cause: error,
    });
  });
  if (response.statusCode === 200) return response;
  throw statusError(response, await readText(response, url), url);
}

function send(url: string, body: unknown, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const payload = JSON.stringify(body);
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(payload),
      accept: 'application/json, text/event-stream',
    };
    httpRequest(url, { method: 'POST', agent, headers, signal }, resolve).on('error', reject).end(payload);
  });
}

function statusError({ statusCode = 0, headers }: IncomingMessage, text: string, url: string): BedrockError {
  const message = `The model server at ${url} answered ${statusCode}: ${text.slice(0, 300)}`;
  const retryAfterSeconds = Number(headers['retry-after']);
  if (statusCode === 429) return new BedrockError('ThrottlingException', message, retryAfterSeconds > 0 ? { retryAfterSeconds } : {});
  if (statusCode === 401 || statusCode === 403) return new BedrockError('AccessDeniedException', message);
  // A model that is not there, or a wrong base URL: the target is wrong, not the request.
  if (statusCode === 404) return new BedrockError('ResourceNotFoundException', message);
  if (statusCode === 408) return new BedrockError('ModelTimeoutException', message);
  if (statusCode >= 400 && statusCode < 500) return new BedrockError('ValidationException', message);
  return new BedrockError('InternalServerException', message);
}

async function readText(response: IncomingMessage, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of named(response, url)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** The body's chunks; a break names the server it came from. */
async function* named(response: IncomingMessage, url: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response) yield chunk as Uint8Array;
  } catch (error) {
    throw new BedrockError('InternalServerException', `The model server at ${url} broke off its answer.`, { cause: error });
  }
}

function parseJson(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BedrockError('ModelErrorException', `The model server at ${url} answered something that is not JSON: ${text.slice(0, 200)}`, {
      details: { originalStatusCode: 200 },
      cause: error,
    });
  }
}
