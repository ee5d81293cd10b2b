import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { EventMetadata, StackFile } from '@signalbox/contracts';

export type SeenEvent = { source: string; detailType: string; metadata: EventMetadata; data: Record<string, unknown> & { id?: string } };

export type BusListener = {
  /** Everything that arrived so far. */
  drain: () => Promise<SeenEvent[]>;
  /** Waits until `count` events match. */
  waitFor: (matches: (event: SeenEvent) => boolean, count?: number, withinMs?: number) => Promise<SeenEvent[]>;
};

/** Anyone's rule: all events of Signalbox into a queue of one's own. */
export async function listenToBus(stack: StackFile, name: string = `listener-${randomUUID().slice(0, 8)}`): Promise<BusListener> {
  const settings = { region: stack.region, credentials: stack.credentials, endpoint: stack.awsEndpointUrl };
  const [sqs, events] = [new SQSClient(settings), new EventBridgeClient(settings)];
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const EventPattern = JSON.stringify({ source: [{ prefix: 'signalbox.' }] });
  await events.send(new PutRuleCommand({ Name: name, EventBusName: stack.eventBusName, EventPattern }));
  await events.send(
    new PutTargetsCommand({ Rule: name, EventBusName: stack.eventBusName, Targets: [{ Id: 'queue', Arn: Attributes?.QueueArn ?? '' }] }),
  );
  const seen: SeenEvent[] = [];

  async function drain(): Promise<SeenEvent[]> {
    for (;;) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      if (Messages.length === 0) return seen;
      seen.push(...Messages.map(({ Body }) => toSeenEvent(Body ?? '')));
      await sqs.send(
        new DeleteMessageBatchCommand({
          QueueUrl,
          Entries: Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle: ReceiptHandle ?? '' })),
        }),
      );
    }
  }

  return {
    drain,
    async waitFor(matches, count = 1, withinMs = 15_000) {
      const endsAt = Date.now() + withinMs;
      for (;;) {
        const found = (await drain()).filter(matches);
        if (found.length >= count) return found;
        if (Date.now() > endsAt) throw new Error(`${found.length} of ${count} events within ${withinMs} ms; all: ${summarise(seen)}`);
        await sleep(50);
      }
    },
  };
}

function toSeenEvent(body: string): SeenEvent {
  const event = JSON.parse(body) as { source: string; 'detail-type': string; detail: { metadata: EventMetadata; data: SeenEvent['data'] } };
  return { source: event.source, detailType: event['detail-type'], metadata: event.detail.metadata, data: event.detail.data };
}

function summarise(events: SeenEvent[]): string {
  return [...Map.groupBy(events, (event) => event.detailType)].map(([type, list]) => `${list.length} ${type}`).join(', ') || 'none';
}

/** Terminal events by their id, so that an event published twice counts once. */
export function distinctTerminal(events: SeenEvent[]): Map<string, SeenEvent> {
  const terminal = events.filter(({ detailType }) => /^Inference(Completed|Failed|Expired)$/.test(detailType));
  return new Map(terminal.map((event) => [event.metadata.id, event]));
}
