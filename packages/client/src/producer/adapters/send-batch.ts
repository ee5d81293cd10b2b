import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { ProducerPorts } from '../producer-ports.ts';
import { describeFailure } from './describe-failure.ts';

/** `SendMessageBatch` as the port has it: a failure of the whole call is one of each message. */
export function createSendBatch(client: Pick<SQSClient, 'send'>): ProducerPorts['sendBatch'] {
  return async (queueUrl, requests) => {
    const Entries = requests.map(({ body, groupId }, index) => ({
      Id: String(index),
      MessageBody: body,
      ...(groupId !== undefined && { MessageGroupId: groupId }),
    }));
    try {
      const { Failed = [], Successful = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      const failures = new Map(Failed.map((failed) => [failed.Id, failed]));
      const taken = new Set(Successful.map(({ Id }) => Id));
      return requests.map((_, index) => {
        const failed = failures.get(String(index));
        if (failed) return { reason: `${failed.Code}: ${failed.Message ?? 'no reason given'}`, isTransient: !failed.SenderFault };
        return taken.has(String(index)) ? undefined : { reason: 'the queue did not say whether it took it', isTransient: true };
      });
    } catch (error) {
      const failure = describeFailure(error);
      return requests.map(() => failure);
    }
  };
}
