import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type InferenceRequest, InferenceResult, isTerminal, SCHEMA_VERSION, type StackFile } from '@signalbox/contracts';

type Question = { stack: StackFile; text: string; route?: string | undefined; timeoutMs: number };

/** The result, or the id under which the request still waits. */
export type Asked = { kind: 'ended'; result: InferenceResult } | { kind: 'waiting'; id: string };

/** Puts one question on the interactive queue, as any producer would, and waits for its result. Rejects when the installation does not answer in that time. */
export async function ask({ stack, text, route, timeoutMs }: Question): Promise<Asked> {
  const id = `ask-${randomUUID()}`;
  const endsAt = Date.now() + timeoutMs;
  // A little longer: an installation that answers says itself that the request waits.
  const abortSignal = AbortSignal.timeout(timeoutMs + 2_000);
  await send(stack, abortSignal, {
    schemaVersion: SCHEMA_VERSION,
    id,
    ...(route === undefined ? {} : { route }),
    messages: [{ role: 'user', content: [{ text }] }],
  });
  for (let waitMs = 50; Date.now() < endsAt; waitMs = Math.min(1_000, waitMs * 1.5)) {
    await sleep(waitMs);
    const result = await read(stack, id, abortSignal);
    if (result && isTerminal(result.status)) return { kind: 'ended', result };
  }
  return { kind: 'waiting', id };
}

async function send(stack: StackFile, abortSignal: AbortSignal, request: InferenceRequest): Promise<void> {
  const client = new SQSClient({ region: stack.region, credentials: stack.credentials, endpoint: stack.awsEndpointUrl, maxAttempts: 2 });
  try {
    await client.send(new SendMessageCommand({ QueueUrl: stack.queues.interactive, MessageBody: JSON.stringify(request) }), {
      abortSignal,
    });
  } finally {
    client.destroy();
  }
}

async function read(stack: StackFile, id: string, signal: AbortSignal): Promise<InferenceResult | undefined> {
  const reply = await fetch(`${stack.gatewayUrl}/v1/inferences/${encodeURIComponent(id)}`, {
    headers: { authorization: `Bearer ${stack.apiKey}` },
    signal,
  });
  if (reply.status === 404) return undefined;
  if (!reply.ok) throw new Error(`The gateway answered ${reply.status}: ${(await reply.text()).slice(0, 300)}`);
  return InferenceResult.parse(await reply.json());
}
