import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type InferenceRequest, InferenceResult, isTerminal, SCHEMA_VERSION, type StackFile } from '@signalbox/contracts';

type Question = { stack: StackFile; text: string; route?: string | undefined; timeoutMs: number };

/** Puts one question on the interactive queue, as any producer would, and waits for its result. Undefined when none came in time. */
export async function ask({ stack, text, route, timeoutMs }: Question): Promise<InferenceResult | undefined> {
  const id = `ask-${randomUUID()}`;
  await send(stack, {
    schemaVersion: SCHEMA_VERSION,
    id,
    ...(route === undefined ? {} : { route }),
    messages: [{ role: 'user', content: [{ text }] }],
  });
  const endsAt = Date.now() + timeoutMs;
  for (let waitMs = 50; Date.now() < endsAt; waitMs = Math.min(1_000, waitMs * 1.5)) {
    await sleep(waitMs);
    const result = await read(stack, id);
    if (result && isTerminal(result.status)) return result;
  }
  return undefined;
}

async function send(stack: StackFile, request: InferenceRequest): Promise<void> {
  const client = new SQSClient({ region: stack.region, credentials: stack.credentials, endpoint: stack.awsEndpointUrl, maxAttempts: 2 });
  try {
    await client.send(new SendMessageCommand({ QueueUrl: stack.queues.interactive, MessageBody: JSON.stringify(request) }));
  } finally {
    client.destroy();
  }
}

async function read(stack: StackFile, id: string): Promise<InferenceResult | undefined> {
  const reply = await fetch(`${stack.gatewayUrl}/v1/inferences/${encodeURIComponent(id)}`, {
    headers: { authorization: `Bearer ${stack.apiKey}` },
  });
  if (reply.status === 404) return undefined;
  if (!reply.ok) throw new Error(`The gateway answered ${reply.status}: ${(await reply.text()).slice(0, 300)}`);
  return InferenceResult.parse(await reply.json());
}
