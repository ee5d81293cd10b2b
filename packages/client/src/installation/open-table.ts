import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientConfigOf, type Place } from './place.ts';
import { readParameter } from './read-parameter.ts';

/** A table of an installation that commands write. */
export type OpenTable = { client: DynamoDBClient; tableName: string };

const DEPLOYED_BY = { access: 'the gateway', limits: 'the platform' } as const;

/** Opens the table of keys, or that of limits, for as long as `work` takes. */
export async function withTable<T>(place: Place, table: keyof typeof DEPLOYED_BY, work: (open: OpenTable) => Promise<T>): Promise<T> {
  const [{ DynamoDBClient: Client }, tableName] = await Promise.all([import('@aws-sdk/client-dynamodb'), nameOf(place, table)]);
  const client = new Client(clientConfigOf(place));
  try {
    return await work({ client, tableName });
  } finally {
    client.destroy();
  }
}

async function nameOf(place: Place, table: keyof typeof DEPLOYED_BY): Promise<string> {
  if (place.kind === 'aws') return readParameter(place, `${table}-table`, DEPLOYED_BY[table]);
  const name = place.stack.tables[table];
  if (name === undefined) throw new Error(`The stack file names no table "${table}". Restart the stack with: npm start`);
  return name;
}
