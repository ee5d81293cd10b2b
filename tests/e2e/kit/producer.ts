import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type InferenceRequest, InferenceResult, isTerminal, type StackFile } from '@signalbox/contracts';

export type Producer = {
  sqs: SQSClient;
  /** Sends a body as it is; answers the message id. */
  send: (body: unknown, options?: { queue?: keyof StackFile['queues']; delaySeconds?: number }) => Promise<string>;
  sendMany: (bodies: unknown[], queue?: keyof StackFile['queues']) => Promise<void>;
  /** The result document, or undefined while the gateway knows none. */
  result: (id: string) => Promise<InferenceResult | undefined>;
  /** Waits for a terminal result. */
  waitFor: (id: string, withinMs?: number) => Promise<InferenceResult>;
  waitForAll: (ids: string[], withinMs?: number) => Promise<InferenceResult[]>;
};

/** A producer with nothing but the plain AWS SDK and an API key. */
export function createProducer(stack: StackFile): Producer {
  const sqs = new SQSClient({ region: stack.region, credentials: stack.credentials, endpoint: stack.awsEndpointUrl });

  async function result(id: string): Promise<InferenceResult | undefined> {
    const reply = await fetch(`${stack.gatewayUrl}/v1/inferences/${encodeURIComponent(id)}`, {
      headers: { authorization: `Bearer ${stack.apiKey}` },
    });
    if (reply.status === 404) return undefined;
    // "Ask again in a few seconds": what is under way is not known, and a producer does ask again.
    if (reply.status === 503 || reply.status === 504) return undefined;
    if (!reply.ok) throw new Error(`the gateway answered ${reply.status}: ${await reply.text()}`);
    return InferenceResult.parse(await reply.json());
  }

  async function waitFor(id: string, withinMs = 20_000): Promise<InferenceResult> {
    const endsAt = Date.now() + withinMs;
    for (;;) {
      const known = await result(id);
      if (known && isTerminal(known.status)) return known;
      if (Date.now() > endsAt) throw new Error(`no terminal result of ${id} within ${withinMs} ms; it is ${known?.status ?? 'unknown'}`);
      await sleep(50);
    }
  }

  return {
    sqs,
    result,
    waitFor,
    async waitForAll(ids, withinMs = 60_000) {
      const endsAt = Date.now() + withinMs;
      const results: InferenceResult[] = [];
      for (const id of ids) results.push(await waitFor(id, Math.max(1_000, endsAt - Date.now())));
      return results;
    },
    async send(body, { queue = 'standard', delaySeconds = 0 } = {}) {
      const MessageBody = typeof body === 'string' ? body : JSON.stringify(body);
      const reply = await sqs.send(new SendMessageCommand({ QueueUrl: stack.queues[queue], MessageBody, DelaySeconds: delaySeconds }));
      return reply.MessageId ?? '';
    },
    async sendMany(bodies, queue = 'standard') {
      for (let start = 0; start < bodies.length; start += 10) {
        const Entries = bodies
          .slice(start, start + 10)
          .map((body, index) => ({ Id: String(index), MessageBody: typeof body === 'string' ? body : JSON.stringify(body) }));
        const reply = await sqs.send(new SendMessageBatchCommand({ QueueUrl: stack.queues[queue], Entries }));
        if (reply.Failed?.length) throw new Error(`${reply.Failed.length} messages were not taken`);
      }
    },
  };
}

/** A small valid request. */
export function question(text: string, more: Partial<InferenceRequest> = {}): InferenceRequest {
  return { schemaVersion: '1.0', id: `e2e-${randomUUID()}`, messages: [{ role: 'user', content: [{ text }] }], ...more };
}
