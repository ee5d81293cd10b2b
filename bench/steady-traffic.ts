import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { StackFile } from '@signalbox/contracts';
import { inferenceConfig, messages } from './sample-conversation.ts';

export type SteadyTraffic = {
  /** From now on to this route. */
  turnTo: (route: string) => void;
  stop: () => Promise<{ sent: number }>;
};

const TENANTS = 8;

/** Sends requests one by one at a steady rate, of several tenants, whatever becomes of them. */
export function startTraffic({ region, credentials, awsEndpointUrl: endpoint, queues }: StackFile, perSecond: number): SteadyTraffic {
  const sqs = new SQSClient({ region, credentials, endpoint });
  const failures: unknown[] = [];
  let route = 'default';
  let isOver = false;
  let sent = 0;

  async function send(): Promise<void> {
    const body = {
      schemaVersion: '1.0',
      id: `bench-${randomUUID()}`,
      route,
      tenant: `tenant-${sent % TENANTS}`,
      messages,
      inferenceConfig,
    };
    await sqs.send(new SendMessageCommand({ QueueUrl: queues.standard, MessageBody: JSON.stringify(body) }));
  }
  const sending = (async () => {
    const startedAt = performance.now();
    const underWay: Promise<void>[] = [];
    while (!isOver) {
      const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond);
      for (; sent < due; sent++) underWay.push(send().catch((error: unknown) => void failures.push(error)));
      await sleep(10);
    }
    await Promise.all(underWay);
  })();
  return {
    turnTo: (next) => {
      route = next;
    },
    async stop() {
      isOver = true;
      await sending;
      if (failures.length > 0) throw new Error(`${failures.length} of ${sent} requests could not be sent`, { cause: failures[0] });
      return { sent };
    },
  };
}
