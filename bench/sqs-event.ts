import { randomUUID } from 'node:crypto';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { inferenceConfig, messages } from './sample-conversation.ts';

/** A batch as Lambda's poller hands it over, of requests that name one route. */
export function sqsEvent({ requests, route }: { requests: number; route: string }): SQSEvent {
  return { Records: Array.from({ length: requests }, () => sqsRecord(route)) };
}

function sqsRecord(route: string): SQSRecord {
  return {
    messageId: randomUUID(),
    receiptHandle: `AQEB${randomUUID().repeat(8)}`,
    body: JSON.stringify({ schemaVersion: '1.0', route, messages, inferenceConfig }),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: String(Date.now()),
      SenderId: 'AIDABENCH',
      ApproximateFirstReceiveTimestamp: String(Date.now()),
    },
    messageAttributes: {},
    md5OfBody: '0'.repeat(32),
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:signalbox-bench-standard',
    awsRegion: 'us-east-1',
  };
}
