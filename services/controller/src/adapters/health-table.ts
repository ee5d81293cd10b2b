import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { awsClientConfig } from '@signalbox/runtime';
import { UnavailableError } from '@signalbox/runtime/errors';

/** A client for the controller's tables, with time limits that throw. */
export function createTableClient(): DynamoDBClient {
  return new DynamoDBClient(awsClientConfig({ requestTimeoutMs: 2_000, maxAttempts: 3 }));
}

/** What a call gives; an error of ours, which names the table, when it cannot be reached. Failed conditions pass as they are. */
export async function reach<T>(tableName: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) throw error;
    const name = error instanceof Error ? error.name : typeof error;
    throw new UnavailableError({ message: `The table ${tableName} could not be reached (${name}).`, cause: error });
  }
}

/** True when a conditional write was made, false when its condition did not hold. */
export async function writeIf(tableName: string, call: Promise<unknown>): Promise<boolean> {
  try {
    await reach(tableName, call);
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
