import { type Agent, type IncomingMessage, request } from 'node:http';
import { monotonicMs } from './monotonic-ms.ts';
import { readStamp } from './read-stamp.ts';
import { messages } from './sample-conversation.ts';

/** Where a chat completion is asked for. */
export type ChatPath = { url: string; headers: Record<string, string>; model: string };

/** How long one answer was under way, in milliseconds, without the time that the model server took for it. */
export type ChatTimes = {
  /** There and back: for a whole answer to its end, for a stream to its first piece. */
  underWayMs: number;
  /** Back alone, from the moment that the model server sent that piece. */
  backMs: number;
};

/** The answer's marks of its end: a success is whole in either shape. */
const WHOLE = { stream: 'data: [DONE]', body: '"finish_reason":"stop"' };

const text = messages[0]?.content[0]?.text;

/** The request: 0.6 KB of text. */
export function chatBody({ model, stream }: { model: string; stream: boolean }): object {
  return { model, messages: [{ role: 'user', content: text }], max_tokens: 300, ...(stream && { stream }) };
}

/** Asks once, and reads the answer to its end. Rejects for any other answer than the whole one of the model server. */
export async function askChat({ url, headers, model }: ChatPath, { agent, stream }: { agent: Agent; stream: boolean }): Promise<ChatTimes> {
  const body = JSON.stringify(chatBody({ model, stream }));
  const startedAt = monotonicMs();
  const response = await post(url, { headers, body, agent });
  const seen = await read(response, stream);
  if (response.statusCode !== 200 || !seen.stamp || !seen.text.includes(stream ? WHOLE.stream : WHOLE.body))
    throw new Error(`${url} answered ${response.statusCode}: ${seen.text.slice(0, 500)}`);
  const { askedAt, sentAt } = seen.stamp;
  return { underWayMs: seen.at - startedAt - (sentAt - askedAt), backMs: seen.at - sentAt };
}

type Post = { headers: Record<string, string>; body: string; agent: Agent };

function post(url: string, { headers, body, agent }: Post): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers },
    });
    sent.once('response', resolve).once('error', reject).end(body);
  });
}

async function read(response: IncomingMessage, stream: boolean) {
  let seen = '';
  let at = 0;
  let stamp: ReturnType<typeof readStamp>;
  for await (const chunk of response.setEncoding('utf8')) {
    seen += chunk;
    if (stamp && stream) continue;
    at = monotonicMs();
    stamp = readStamp(seen);
  }
  return { text: seen, at, stamp };
}
