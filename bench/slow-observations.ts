import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, ListTargetsByRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { StackFile } from '@signalbox/contracts';
import { randomDelay } from './random-delay.ts';

export type SlowObservations = {
  /** Sandboxes that told of attempts since the time, milliseconds since the epoch. */
  sandboxesSince: (time: number) => number;
  stop: () => Promise<void>;
};

const RULE = 'signalbox-local-observations';
const QUEUE = 'bench-observations';
const RECEIVERS = 2;
/** EventBridge to its target, and SQS to Lambda, as published; see docs/performance.md. */
const BUS = { p50Ms: 150, p99Ms: 390 };
const SQS = { p50Ms: 16, p99Ms: 105 };

/**
 * Puts the delays of AWS between the bus and the controller's queue: the rule's target becomes a queue of our own, from which each message
 * goes on to the controller's when its time has come. What the embedded bus and queues take themselves comes on top.
 */
export async function slowObservations({
  region,
  credentials,
  awsEndpointUrl: endpoint,
  eventBusName,
}: StackFile): Promise<SlowObservations> {
  const sqs = new SQSClient({ region, credentials, endpoint });
  const events = new EventBridgeClient({ region, credentials, endpoint });
  const { Targets: [target] = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: RULE, EventBusName: eventBusName }));
  if (!target?.Arn) throw new Error(`the rule ${RULE} of the stack has no target; services/controller/template.yaml names it`);
  const { QueueUrl: onward } = await sqs.send(new GetQueueUrlCommand({ QueueName: target.Arn.split(':').at(-1) ?? '' }));
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: QUEUE }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const { FailedEntryCount } = await events.send(
    new PutTargetsCommand({ Rule: RULE, EventBusName: eventBusName, Targets: [{ Id: target.Id, Arn: Attributes?.QueueArn ?? '' }] }),
  );
  if (FailedEntryCount) throw new Error(`the target of the rule ${RULE} could not be replaced`);

  const seenAt = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let isOver = false;

  async function forward(body: string): Promise<void> {
    const { detail } = JSON.parse(body) as { detail: { data: { sandbox: string } } };
    seenAt.set(detail.data.sandbox, Date.now());
    await sleep(randomDelay(BUS) + randomDelay(SQS));
    await sqs.send(new SendMessageCommand({ QueueUrl: onward, MessageBody: body }));
  }
  async function receive(): Promise<void> {
    while (!isOver) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }));
      for (const { Body = '' } of Messages) {
        const going = forward(Body)
          .catch((error: unknown) => void failures.push(error))
          .finally(() => underWay.delete(going));
        underWay.add(going);
      }
      if (Messages.length > 0) {
        const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle: ReceiptHandle ?? '' }));
        await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      }
    }
  }
  const receiving = Promise.all(Array.from({ length: RECEIVERS }, receive));
  receiving.catch((error: unknown) => failures.push(error));
  return {
    sandboxesSince: (time) => [...seenAt.values()].filter((at) => at >= time).length,
    async stop() {
      isOver = true;
      await Promise.allSettled([receiving, ...underWay]);
      if (failures.length > 0) throw failures[0];
    },
  };
}
