import { createHash } from 'node:crypto';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { StackFile } from '@signalbox/contracts';
import { createProducer, type Producer } from './producer.ts';

/** A tenant, and a producer that reads its results with its own key. */
export type Tenant = { name: string; producer: Producer };

const SECRET = 'fedcba9876543210FEDCBA';

/** Gives each name a key, as an operator does: an item of the access table. */
export async function createTenants(stack: StackFile, names: readonly string[]): Promise<Tenant[]> {
  return Promise.all(
    names.map(async (name, index) => {
      const apiKey = await createKey(stack, { name: `tenant${index}`, tenant: name, scopes: ['*'] });
      return { name, producer: createProducer({ ...stack, apiKey }) };
    }),
  );
}

/** A key by its name, which is its prefix. */
export async function createKey(
  { region, credentials, awsEndpointUrl: endpoint, tables }: StackFile,
  { name, tenant, scopes }: { name: string; tenant: string; scopes: readonly string[] },
): Promise<string> {
  const client = new DynamoDBClient({ region, credentials, endpoint });
  const secretHash = createHash('sha256').update(SECRET).digest('hex');
  const L = scopes.map((scope) => ({ S: scope }));
  const Item = { pk: { S: `key#${name}` }, tenant: { S: tenant }, secretHash: { S: secretHash }, scopes: { L } };
  await client.send(new PutItemCommand({ TableName: tables.access, Item }));
  return `sbx_${name}_${SECRET}`;
}
