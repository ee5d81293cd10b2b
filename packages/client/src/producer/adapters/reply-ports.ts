import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { ReplyPorts } from '../producer-ports.ts';

/** A reply queue on SQS. */
export function createReplyPorts(client: Pick<SQSClient, 'send'>): ReplyPorts {
  return {
    async urlOf(queue) {
      const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: queue }));
      if (QueueUrl === undefined) throw new Error(`SQS gave no URL for the queue ${queue}.`);
      return QueueUrl;
    },
    async receive(queueUrl, { waitSeconds, visibilitySeconds, signal }) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: waitSeconds,
          VisibilityTimeout: visibilitySeconds,
        }),
        { ...(signal && { abortSignal: signal }) },
      );
      return Messages.map(({ MessageId = '', Body = '', ReceiptHandle = '' }) => ({
        messageId: MessageId,
        body: Body,
        receipt: ReceiptHandle,
      }));
    },
    async delete(queueUrl, receipt) {
      await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receipt }));
    },
    async hide(queueUrl, receipts, seconds) {
      const Entries = receipts.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle, VisibilityTimeout: seconds }));
      await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
    },
  };
}
