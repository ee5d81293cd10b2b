import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { awsClientConfig } from './aws-http.ts';
import type { PutEvents } from './event-publisher.ts';

/** PutEvents on one bus. One attempt per call: the publisher owns the retries. */
export function createPutEvents({ busName }: { busName: string }): PutEvents {
  const client = new EventBridgeClient(awsClientConfig({ requestTimeoutMs: 3_000, maxAttempts: 1 }));
  return async (entries) => {
    const reply = await client.send(new PutEventsCommand({ Entries: entries.map((entry) => ({ ...entry, EventBusName: busName })) }));
    return (reply.Entries ?? []).map(({ ErrorCode }) => (ErrorCode === undefined ? {} : { ErrorCode }));
  };
}
