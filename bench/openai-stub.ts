// The process that stands for a model server of OpenAI's shape: POST /<milliseconds>/v1/chat/completions is answered after that time, whole or as a
// stream. Its answer says when it was asked and when it was sent, so that a client can tell the way from the waiting.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from './monotonic-ms.ts';

/** Where it listens, without the path. */
export type OpenAiStubAddress = { url: string };

const PATH = /^\/(?<ms>\d+)\/v1\/chat\/completions$/;
const PIECES = 10;
const PIECE_EVERY_MS = 5;
const SHAPE = { id: 'chatcmpl-bench', created: 1_790_000_000, model: 'bench-model' };
const usage = { prompt_tokens: 160, completion_tokens: 40, total_tokens: 200 };

const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
  const askedAt = monotonicMs();
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const delayMs = PATH.exec(request.url ?? '')?.groups?.ms;
    if (delayMs === undefined) return response.writeHead(404).end();
    const { stream } = JSON.parse(Buffer.concat(chunks).toString()) as { stream?: boolean };
    void (stream ? answerStreamed : answerWhole)(response, { askedAt, delayMs: Number(delayMs) });
  });
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } satisfies OpenAiStubAddress);
});

type Asked = { askedAt: number; delayMs: number };

async function answerWhole(response: ServerResponse, { askedAt, delayMs }: Asked): Promise<void> {
  if (delayMs > 0) await sleep(delayMs);
  const message = { role: 'assistant', content: stamp(askedAt) };
  const body = JSON.stringify({ ...SHAPE, object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }], usage });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
}

async function answerStreamed(response: ServerResponse, { askedAt, delayMs }: Asked): Promise<void> {
  if (delayMs > 0) await sleep(delayMs);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (let piece = 0; piece < PIECES; piece++) {
    if (piece > 0) await sleep(PIECE_EVERY_MS);
    response.write(event([{ index: 0, delta: { role: 'assistant', content: stamp(askedAt) }, finish_reason: null }]));
  }
  response.write(event([{ index: 0, delta: {}, finish_reason: 'stop' }]));
  response.write(event([], { usage }));
  response.end('data: [DONE]\n\n');
}

function event(choices: object[], more: object = {}): string {
  return `data: ${JSON.stringify({ ...SHAPE, object: 'chat.completion.chunk', choices, ...more })}\n\n`;
}

/** As it goes out. */
function stamp(askedAt: number): string {
  return `<asked ${askedAt.toFixed(3)} sent ${monotonicMs().toFixed(3)}>`;
}
