import { createHash } from 'node:crypto';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { StackFile } from '@signalbox/contracts';
import { createProducer, type Producer } from './producer.ts';

/** A tenant, and a producer that reads its results with its own key. */
export type Tenant = { name: string; producer: Producer };

const SECRET = 'fedcba9876543210FEDCBA';

/** Gives each name a key, as an operator does: an item of the access table. */
export async function createTenants(stack: StackFile, names: readonly string[]): Promise<Tenant[]> {
  const { region, credentials, awsEndpointUrl: endpoint } = stack;
  const client = new DynamoDBClient({ region, credentials, endpoint });
  const secretHash = createHash('sha256').update(SECRET).digest('hex');
  return Promise.all(
    names.map(async (name, index) => {
      const prefix = `tenant${index}`;
      const Item = { pk: { S: `key#${prefix}` }, tenant: { S: name }, secretHash: { S: secretHash }, scopes: { L: [{ S: '*' }] } };
      await client.send(new PutItemCommand({ TableName: stack.tables.access, Item }));
      return { name, producer: createProducer({ ...stack, apiKey: `sbx_${prefix}_${SECRET}` }) };
    }),
  );
}
