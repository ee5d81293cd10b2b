import {
  DeleteRuleCommand,
  type EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  type SQSClient,
  TagQueueCommand,
} from '@aws-sdk/client-sqs';
import { isAbsent, tailName } from './tail-resources.ts';

const WAIT_SECONDS = 20;
/** A tail that crashed leaves no more than that behind. */
const RETENTION_SECONDS = 3_600;
const TARGET = 'queue';

export type TailClients = { sqs: Pick<SQSClient, 'send'>; events: Pick<EventBridgeClient, 'send'> };
type Tailing = TailClients & { busName: string; pattern: string; random: string; now: () => number };

/** A temporary subscription: a queue and a rule of one name. */
export type BusTail = {
  name: string;
  /** Bodies as they come; waits up to 20 s for the first. */
  receive(signal: AbortSignal): Promise<string[]>;
  /** Says that this one is in use: what was not for an hour is taken for a leftover. */
  touch(): Promise<void>;
  /** Removes both; names what it could not. */
  close(): Promise<void>;
};

/** Begins to listen. What was made is removed again when a later step fails. */
export async function openBusTail({ sqs, events, busName, pattern, random, now }: Tailing): Promise<BusTail> {
  const name = tailName(random);
  const tags = () => ({ 'signalbox-bus': busName, 'signalbox-alive-at': String(now()) });
  const Attributes = { MessageRetentionPeriod: String(RETENTION_SECONDS) };
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes, tags: tags() }));
  const close = () => closeAll({ sqs, events, name, busName, queueUrl: QueueUrl });
  try {
    await subscribe({ sqs, events, name, busName, pattern, queueUrl: QueueUrl });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    name,
    close,
    touch: async () => void (await sqs.send(new TagQueueCommand({ QueueUrl, Tags: tags() }))),
    receive: (signal) => receive(sqs, QueueUrl, signal),
  };
}

type Named = TailClients & { name: string; busName: string; queueUrl: string | undefined };

async function subscribe({ sqs, events, name, busName, pattern, queueUrl }: Named & { pattern: string }): Promise<void> {
  const found = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }));
  const queueArn = found.Attributes?.QueueArn ?? '';
  const Description = 'A signalbox events tail; removed when it ends.';
  const { RuleArn } = await events.send(new PutRuleCommand({ Name: name, EventBusName: busName, EventPattern: pattern, Description }));
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        ...{ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: queueArn },
        Condition: { ArnEquals: { 'aws:SourceArn': RuleArn } },
      },
    ],
  });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: queueUrl, Attributes: { Policy } }));
  const Targets = [{ Id: TARGET, Arn: queueArn }];
  const { FailedEntries = [] } = await events.send(new PutTargetsCommand({ Rule: name, EventBusName: busName, Targets }));
  if (FailedEntries.length > 0)
    throw new Error(`The rule ${name} did not take its queue: ${FailedEntries[0]?.ErrorMessage ?? 'no reason given'}`);
}

async function receive(sqs: TailClients['sqs'], queueUrl: string | undefined, abortSignal: AbortSignal): Promise<string[]> {
  const command = new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: WAIT_SECONDS });
  try {
    const { Messages = [] } = await sqs.send(command, { abortSignal });
    if (Messages.length === 0) return [];
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle: ReceiptHandle ?? '' }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    return Messages.map(({ Body = '' }) => Body);
  } catch (error) {
    if (abortSignal.aborted) return [];
    throw error;
  }
}

/** The rule first: as long as it is there its queue is, and names it for the next tail to clean. */
export async function closeAll({ sqs, events, name, busName, queueUrl }: Named): Promise<void> {
  try {
    await unlessAbsent(events.send(new RemoveTargetsCommand({ Rule: name, EventBusName: busName, Ids: [TARGET] })));
    await unlessAbsent(events.send(new DeleteRuleCommand({ Name: name, EventBusName: busName })));
    await unlessAbsent(sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl })));
  } catch (cause) {
    const message = `The rule ${name} of the bus ${busName}, or the queue ${name}, could not be removed: ${String(cause)}. The next tail removes them when they are an hour old; or remove them yourself.`;
    throw new Error(message, { cause });
  }
}

async function unlessAbsent(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
}
