import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { StackFile } from '@signalbox/contracts';

/** Far above what a benchmark sends: what is measured is that limits are kept, not that they bind. */
const LIMITS = { requestsPerMinute: 1_000_000, tokensPerMinute: 1_000_000_000 } as const;

/** Gives the tenant of the stack's own key limits, as `signalbox tenants set` would, so that what it asks is leased. */
export async function limitTenant({ awsEndpointUrl: endpoint, credentials, region, tables }: StackFile): Promise<void> {
  const tenant = 'default';
  const limits = { tenant, limits: LIMITS, routes: {}, seq: 1, updatedAt: new Date().toISOString() };
  const Item = { pk: { S: `tenant#${tenant}` }, sk: { S: 'limits' }, value: { S: JSON.stringify(limits) } };
  const client = new DynamoDBClient({ endpoint, credentials, region });
  await client.send(new PutItemCommand({ TableName: tables.limits, Item }));
  client.destroy();
}
