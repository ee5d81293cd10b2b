import { setTimeout as sleep } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';
import type { Priority, StackFile } from '@signalbox/contracts';
import { findStack } from '../find-stack.ts';
import { createGatewaySender } from './adapters/gateway-sender.ts';
import { createListBatch } from './adapters/list-batch.ts';
import { createPutPayload } from './adapters/put-payload.ts';
import { createReadResult } from './adapters/read-result.ts';
import { createReplyPorts } from './adapters/reply-ports.ts';
import { createSendBatch } from './adapters/send-batch.ts';
import type { Way } from './prepare-request.ts';
import type { ProducerPorts } from './producer-ports.ts';

type ByStack = {
  /** A stack file, its path, or the data directory it lies in. */
  stack: StackFile | string;
};
type ByQueues = {
  stack?: undefined;
  /** Queue URLs; those that are used. */
  queues: Partial<Record<Priority, string>>;
  /** Needed by `read`, `waitFor` and `results` of a batch, with the key. */
  gatewayUrl?: string | undefined;
  apiKey?: string | undefined;
  /** The SDK's own settings (AWS_REGION, AWS_PROFILE, …) hold for what is absent. */
  region?: string | undefined;
  credentials?: SQSClientConfig['credentials'];
  /** Of an AWS that is not AWS. */
  endpoint?: string | undefined;
  /** The installation's data bucket: without it a request above 256 KiB is refused. */
  bucket?: string | undefined;
};
type ByGateway = {
  stack?: undefined;
  queues?: undefined;
  /** Everything goes by the API: no AWS credentials, and no reply queues. */
  gatewayUrl: string;
  apiKey: string;
};

/** Where a producer sends to: an embedded stack, queues, or an API. */
export type ProducerConnection = ByStack | ByQueues | ByGateway;
type Connected = { queues: Partial<Record<Priority, string>>; hasBucket: boolean; way: Way; ports: ProducerPorts; close: () => void };

const CLOCK = {
  sleep: (ms: number, signal?: AbortSignal) => sleep(ms, undefined, { ...(signal && { signal }) }),
  random: Math.random,
  now: Date.now,
};

/** The ports of a producer on AWS, on the embedded one, or by an API. */
export function connectProducer(connection: ProducerConnection): Connected {
  if (connection.stack !== undefined) return connectQueues(fromStack(connection.stack));
  return connection.queues === undefined ? connectGateway(connection) : connectQueues(connection);
}

function connectQueues({ queues, gatewayUrl, apiKey, region, credentials, endpoint, bucket }: ByQueues): Connected {
  const config = { ...(region && { region }), ...(credentials && { credentials }), ...(endpoint && { endpoint }) };
  // Sending has its own retries, of the messages alone that were not taken.
  const sender = new SQSClient({ ...config, maxAttempts: 1 });
  const receiver = new SQSClient({ ...config, maxAttempts: 3 });
  const s3 = new S3Client({ ...config, maxAttempts: 3, forcePathStyle: endpoint !== undefined });
  return {
    queues,
    hasBucket: bucket !== undefined,
    way: 'queues',
    ports: {
      sendBatch: createSendBatch(sender),
      putPayload: createPutPayload(s3, bucket),
      readResult: createReadResult({ gatewayUrl, apiKey }),
      listBatch: createListBatch({ gatewayUrl, apiKey }),
      replies: createReplyPorts(receiver),
      ...CLOCK,
    },
    close: () => {
      for (const client of [sender, receiver, s3]) client.destroy();
    },
  };
}

function connectGateway({ gatewayUrl, apiKey }: ByGateway): Connected {
  if (!URL.canParse(gatewayUrl)) throw new TypeError(`"${gatewayUrl}" is no URL of a gateway; write it as https://…`);
  const url = `${gatewayUrl.replace(/\/+$/, '')}/v1/inferences`;
  const refuse = () =>
    Promise.reject(new Error('A reply queue is read from SQS: make the producer with queue URLs, or read the results of a batch.'));
  return {
    queues: { interactive: url, standard: url, bulk: url },
    hasBucket: true,
    way: 'gateway',
    ports: {
      ...createGatewaySender({ gatewayUrl, apiKey }),
      readResult: createReadResult({ gatewayUrl, apiKey }),
      listBatch: createListBatch({ gatewayUrl, apiKey }),
      replies: { urlOf: refuse, receive: refuse, delete: refuse, hide: refuse },
      ...CLOCK,
    },
    // fetch keeps no connection that would hold up the process.
    close: () => undefined,
  };
}

function fromStack(stack: StackFile | string): ByQueues {
  const found = typeof stack === 'string' ? findStack({ file: stack }) : stack;
  const { queues, gatewayUrl, apiKey, region, credentials, awsEndpointUrl, buckets } = found;
  return { queues, gatewayUrl, apiKey, region, credentials, endpoint: awsEndpointUrl, bucket: buckets.data };
}
