import OpenAI from 'openai';

/** OpenAI's own client, to which every call is answered so. */
export function clientOf(answer: () => Response): OpenAI {
  return new OpenAI({ apiKey: 'sbx_test', baseURL: 'http://signalbox.test/v1', maxRetries: 0, fetch: async () => answer() });
}

/** A stream of events as it comes over the wire, in pieces of so many bytes. */
export function streamOf(text: string, pieceBytes = 7): Response {
  const bytes = new TextEncoder().encode(text);
  const body = new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += pieceBytes) controller.enqueue(bytes.slice(at, at + pieceBytes));
      controller.close();
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}
