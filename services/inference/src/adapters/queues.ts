import { GetQueueUrlCommand, type MessageAttributeValue, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { escapeForSqs } from '@signalbox/contracts';
import { awsClientConfig } from '@signalbox/runtime';
import { UnavailableError } from '@signalbox/runtime/errors';
import type { Ports } from '../ports.ts';

/** The queues a worker sends to: its own (parking), the rejected queue, and reply queues by name. */
export function createQueues({
  rejectedQueueUrl,
  client = new SQSClient(awsClientConfig({ requestTimeoutMs: 3_000 })),
}: {
  rejectedQueueUrl: string;
  client?: SQSClient;
}): Ports['queues'] {
  const replyUrls = new Map<string, string>();

  async function send(message: {
    queueUrl: string;
    body: string;
    attributes?: Record<string, string>;
    delaySeconds?: number;
    groupId?: string;
  }): Promise<void> {
    const { queueUrl, body, attributes = {}, delaySeconds, groupId } = message;
    try {
      await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: body,
          MessageAttributes: toMessageAttributes(attributes),
          ...(delaySeconds === undefined ? {} : { DelaySeconds: delaySeconds }),
          ...(groupId === undefined ? {} : { MessageGroupId: groupId }),
        }),
      );
    } catch (error) {
      throw new UnavailableError({ message: `A message could not be sent to ${queueUrl}.`, cause: error });
    }
  }

  async function urlOf(queueName: string): Promise<string> {
    const known = replyUrls.get(queueName);
    if (known) return known;
    try {
      const { QueueUrl = '' } = await client.send(new GetQueueUrlCommand({ QueueName: queueName }));
      replyUrls.set(queueName, QueueUrl);
      return QueueUrl;
    } catch (error) {
      throw new UnavailableError({
        message: `The reply queue ${queueName} cannot be found. Create it, or correct replyQueues in the policy.`,
        cause: error,
      });
    }
  }

  return {
    resend: send,
    reject: ({ body, attributes }) => send({ queueUrl: rejectedQueueUrl, body, attributes }),
    reply: async (queueName, result) =>
      send({
        queueUrl: await urlOf(queueName),
        body: escapeForSqs(JSON.stringify(result)),
        attributes: { id: result.id, status: result.status },
      }),
  };
}

function toMessageAttributes(attributes: Record<string, string>): Record<string, MessageAttributeValue> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]));
}
