import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

type ChatMessage = { role: string; content: unknown; tool_calls?: unknown; tool_call_id?: string };
/** What a chat completion is asked with, as far as tests look at it. */
export type ChatRequest = { model: string; stream: boolean; messages: ChatMessage[]; tools?: unknown[]; max_tokens?: number };
export type Script = (response: ServerResponse, request: ChatRequest) => unknown;

export type ModelServer = {
  baseUrl: string;
  /** Every request in order of arrival. */
  received: ChatRequest[];
  /** Says how to answer from now on. */
  answerWith: (script: Script) => void;
  stop: () => Promise<void>;
};

/** An OpenAI-compatible server of which a test says what it answers, as Ollama, llama.cpp, vLLM or LM Studio would. */
export async function startModelServer(script: Script = whole({ content: 'Hello' })): Promise<ModelServer> {
  const received: ChatRequest[] = [];
  let current = script;
  const server = createServer(async (request, response) => {
    const chat = JSON.parse(await text(request)) as ChatRequest;
    received.push(chat);
    if (request.url !== '/v1/chat/completions') return response.writeHead(404).end(`no such path: ${request.url}`);
    return current(response, chat);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    received,
    answerWith(next) {
      current = next;
    },
    async stop() {
      if (!server.listening) return;
      server.closeAllConnections();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

/** Anything with a status. */
export function status(code: number, body: unknown, headers: Record<string, string> = {}): Script {
  return (response) => response.writeHead(code, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** An answer in one piece. */
export function whole(message: object, { finishReason = 'stop', usage }: { finishReason?: string; usage?: object } = {}): Script {
  return status(200, { choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finishReason }], usage });
}

export type StreamEnding = 'done' | 'no-done' | 'reset' | 'silence';

/** An answer in chunks; `sliceBytes` cuts the stream anywhere, within characters too. */
export function streamed(
  chunks: unknown[],
  { ending = 'done', sliceBytes, delayMs = 0 }: { ending?: StreamEnding; sliceBytes?: number; delayMs?: number } = {},
): Script {
  return async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const events = chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('');
    const bytes = Buffer.from(ending === 'done' ? `${events}data: [DONE]\n\n` : events);
    const size = sliceBytes ?? bytes.length;
    for (let start = 0; start < bytes.length && !response.destroyed; start += size) {
      response.write(bytes.subarray(start, start + size));
      await sleep(delayMs);
    }
    if (ending === 'silence') return;
    if (ending === 'reset') response.socket?.resetAndDestroy();
    else response.end();
  };
}

/** One piece of a streamed answer. */
export function chunk(delta: object, finishReason: string | null = null): object {
  return { choices: [{ index: 0, delta, finish_reason: finishReason }] };
}
