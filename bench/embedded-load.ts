import { randomUUID } from 'node:crypto';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { InferenceResult, type StackFile } from '@signalbox/contracts';
import type { BusListener } from './bus-listener.ts';
import { inferenceConfig, messages } from './sample-conversation.ts';

export type Load = {
  /** Sends requests and waits for an event of each: seconds from the first send to the last event. The result is recorded before the event goes out. */
  run: (requests: number) => Promise<{ seconds: number }>;
  /** Reads every result of every run; rejects when one is missing, did not succeed, or was recorded after its run ended. */
  checkResults: () => Promise<void>;
  sent: () => number;
};

const SEND_BATCH = 10;
const SENDERS = 4;
const RECEIVERS = 2;
const READERS = 8;
const STALLED_MS = 60_000;

/** A producer with the plain SDK, and a consumer of what became of its requests. */
export function createLoad(stack: StackFile, listener: BusListener): Load {
  const sqs = new SQSClient({ region: stack.region, credentials: stack.credentials, endpoint: stack.awsEndpointUrl });
  const endedBy = new Map<string, number>();

  async function send(ids: string[]): Promise<void> {
    const Entries = ids.map((id, index) => ({
      Id: String(index),
      MessageBody: JSON.stringify({ schemaVersion: '1.0', id, messages, inferenceConfig }),
    }));
    const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: stack.queues.standard, Entries }));
    if (Failed.length > 0) throw new Error(`the queue did not take ${Failed.length} of ${ids.length} messages: ${Failed[0]?.Message}`);
  }

  async function sendAll(ids: string[]): Promise<void> {
    const batches = Array.from({ length: Math.ceil(ids.length / SEND_BATCH) }, (_, index) =>
      ids.slice(index * SEND_BATCH, (index + 1) * SEND_BATCH),
    );
    await sideBySide(SENDERS, batches, send);
  }

  return {
    async run(requests) {
      const ids = Array.from({ length: requests }, () => `bench-${randomUUID()}`);
      const startedAt = performance.now();
      await Promise.all([sendAll(ids), untilEnded(listener, ids)]);
      const seconds = (performance.now() - startedAt) / 1000;
      for (const id of ids) endedBy.set(id, Date.now());
      return { seconds };
    },
    checkResults: () => sideBySide(READERS, [...endedBy], ([id, endedAt]) => checkResult(stack, id, endedAt)),
    sent: () => endedBy.size,
  };
}

/** Waits until every id has its event of success. */
async function untilEnded(listener: BusListener, ids: string[]): Promise<void> {
  const open = new Set(ids);
  let progressedAt = performance.now();
  const receive = async () => {
    while (open.size > 0) {
      for (const { detailType, requestId } of await listener.receive()) {
        if (detailType !== 'InferenceCompleted') throw new Error(`request ${requestId} ended in ${detailType}`);
        open.delete(requestId);
        progressedAt = performance.now();
      }
      if (performance.now() - progressedAt > STALLED_MS)
        throw new Error(`${open.size} of ${ids.length} requests have no event after ${STALLED_MS} ms`);
    }
  };
  await Promise.all(Array.from({ length: RECEIVERS }, receive));
}

async function checkResult({ gatewayUrl, apiKey }: StackFile, id: string, endedAt: number): Promise<void> {
  const reply = await fetch(`${gatewayUrl}/v1/inferences/${id}`, { headers: { authorization: `Bearer ${apiKey}` } });
  if (!reply.ok) throw new Error(`the result of ${id} cannot be read: the gateway answered ${reply.status}`);
  const { status, finishedAt } = InferenceResult.parse(await reply.json());
  if (status !== 'succeeded') throw new Error(`request ${id} has the status ${status} although its event said that it was completed`);
  if (finishedAt === undefined || Date.parse(finishedAt) > endedAt)
    throw new Error(`request ${id} was recorded after its event (${finishedAt})`);
}

/** Works through a list, a few items at a time. */
async function sideBySide<Item>(workers: number, items: Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const rest = [...items];
  const worker = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: workers }, worker));
}
