import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  type QueueAttributeName,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';

/** One of the two servers, by the client that handlers and producers use. */
export type Queues = {
  client: SQSClient;
  /** Makes a queue of its own for a scenario; gives its URL. */
  create: (name: string, attributes?: Record<string, string>) => Promise<string>;
  send: (QueueUrl: string, MessageBody: string, more?: Partial<SendMessageCommandInput>) => Promise<void>;
  /** Up to ten, with all that is to know of them. */
  receive: (QueueUrl: string, more?: Partial<ReceiveMessageCommandInput>) => Promise<Message[]>;
  attributes: (QueueUrl: string, ...names: QueueAttributeName[]) => Promise<Record<string, string>>;
};

export function createQueues(endpoint: string): Queues {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SQSClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  return {
    client,
    async create(name, attributes = {}) {
      const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName: `peer-${name}`, Attributes: attributes }));
      return QueueUrl;
    },
    async send(QueueUrl, MessageBody, more = {}) {
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));
    },
    async receive(QueueUrl, more = {}) {
      const all = { MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All' as const], MaxNumberOfMessages: 10 };
      const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, ...all, ...more }));
      return Messages;
    },
    async attributes(QueueUrl, ...names) {
      const { Attributes = {} } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: names }));
      return Attributes;
    },
  };
}
