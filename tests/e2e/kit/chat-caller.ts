import type { ErrorBody, StackFile } from '@signalbox/contracts';

/** What a caller of `POST /v1/chat/completions` says. */
export type Question = {
  /** A route, a model or a target. */
  model: string;
  text: string;
  stream?: boolean;
  maxTokens?: number;
  timeoutSeconds?: number;
  labels?: Record<string, string>;
  signal?: AbortSignal;
  apiKey?: string;
};

/** What the caller got. */
export type Heard = {
  /** 0 when there was no answer at all. */
  status: number;
  headers: Headers;
  text: string;
  /** True when nothing tells the caller that the answer is not whole. */
  isComplete: boolean;
  finishReason: string | undefined;
  model: string | undefined;
  usage: { prompt_tokens: number; completion_tokens: number } | undefined;
  error: ErrorBody['error'] | undefined;
  /** Comments of a stream, which keep its line alive. */
  comments: number;
  isDone: boolean;
  /** True when the connection broke before the end. */
  isBroken: boolean;
  /** Milliseconds to the end. */
  totalMs: number;
};

type Chunk = {
  model?: string;
  usage?: Heard['usage'];
  error?: ErrorBody['error'];
  choices?: { delta?: { content?: string }; message?: { content?: string }; finish_reason?: string | null }[];
};

/** Asks as any client of OpenAI's API does, and keeps all that comes. */
export async function ask(stack: Pick<StackFile, 'gatewayUrl' | 'apiKey'>, question: Question): Promise<Heard> {
  const startedAt = performance.now();
  const reply = await post(stack, question);
  const { body, isBroken } = await readAll(reply);
  const totalMs = performance.now() - startedAt;
  const isStream = reply.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  const blocks = isStream ? body.split('\n\n').filter((block) => block !== '') : [];
  const data = blocks.filter((block) => block.startsWith('data: ')).map((block) => block.slice('data: '.length));
  const chunks = isStream ? data.filter((text) => text !== '[DONE]').map((text) => JSON.parse(text) as Chunk) : [parse(body)];
  const choices = chunks.flatMap((chunk) => chunk.choices ?? []);
  const finishReason = choices.map(({ finish_reason }) => finish_reason).find((reason) => typeof reason === 'string');
  const error = chunks.find((chunk) => chunk.error)?.error;
  const isDone = isStream ? data.at(-1) === '[DONE]' : !isBroken;
  return {
    status: reply.status,
    headers: reply.headers,
    text: choices.map(({ delta, message }) => delta?.content ?? message?.content ?? '').join(''),
    isComplete: reply.status === 200 && !isBroken && !error && isDone && finishReason !== undefined,
    finishReason,
    model: chunks.find((chunk) => chunk.model)?.model,
    usage: chunks.findLast((chunk) => chunk.usage)?.usage,
    error,
    comments: blocks.filter((block) => block.startsWith(':')).length,
    isDone,
    isBroken,
    totalMs,
  };
}

/** The reply as it begins; its body is still to be read. */
export function post({ gatewayUrl, apiKey }: Pick<StackFile, 'gatewayUrl' | 'apiKey'>, question: Question): Promise<Response> {
  const { model, text, stream = false, maxTokens = 64, timeoutSeconds, labels, signal } = question;
  const signalbox = { ...(timeoutSeconds !== undefined && { timeoutSeconds }), ...(labels && { labels }) };
  return fetch(`${gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${question.apiKey ?? apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model,
      messages: [{ role: 'user', content: text }],
      max_tokens: maxTokens,
      ...(stream && { stream, stream_options: { include_usage: true } }),
      ...(Object.keys(signalbox).length > 0 && { signalbox }),
    }),
    ...(signal && { signal }),
  });
}

async function readAll(reply: Response): Promise<{ body: string; isBroken: boolean }> {
  const decoder = new TextDecoder();
  let body = '';
  try {
    for await (const bytes of reply.body ?? []) body += decoder.decode(bytes, { stream: true });
    return { body, isBroken: false };
  } catch {
    // How it broke is the operating system's word; that it broke is what a caller knows.
    return { body, isBroken: true };
  }
}

function parse(body: string): Chunk {
  try {
    return JSON.parse(body) as Chunk;
  } catch {
    return {};
  }
}
