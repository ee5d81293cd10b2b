import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { StackFile } from '@signalbox/contracts';

export type TerminalEvent = { detailType: string; requestId: string };
export type BusListener = {
  /** What has come since the last time; waits up to a second for the first. */
  receive: () => Promise<TerminalEvent[]>;
};

const NAME = 'bench-listener';
const TERMINAL = ['InferenceCompleted', 'InferenceFailed', 'InferenceExpired', 'InferenceRejected'];

/** A queue of one's own behind a rule for the events that end a request, as any consumer would set up. */
export async function listenToBus({ region, credentials, awsEndpointUrl: endpoint, eventBusName }: StackFile): Promise<BusListener> {
  const sqs = new SQSClient({ region, credentials, endpoint });
  const events = new EventBridgeClient({ region, credentials, endpoint });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: NAME }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const EventPattern = JSON.stringify({ source: ['signalbox.inference'], 'detail-type': TERMINAL });
  await events.send(new PutRuleCommand({ Name: NAME, EventBusName: eventBusName, EventPattern }));
  await events.send(
    new PutTargetsCommand({ Rule: NAME, EventBusName: eventBusName, Targets: [{ Id: 'queue', Arn: Attributes?.QueueArn ?? '' }] }),
  );
  return {
    async receive() {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }));
      if (Messages.length === 0) return [];
      const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle: ReceiptHandle ?? '' }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      return Messages.map(({ Body }) => toTerminalEvent(Body ?? ''));
    },
  };
}

function toTerminalEvent(body: string): TerminalEvent {
  const { 'detail-type': detailType, detail } = JSON.parse(body) as { 'detail-type': string; detail: { data: { id: string } } };
  return { detailType, requestId: detail.data.id };
}
