import { RoutingOverlay } from '@signalbox/contracts';
import { clientConfigOf, type Place } from './place.ts';
import { readParameter } from './read-parameter.ts';

const OVERLAY_ID = 'overlay#0';

/** Fleet health as the controller last published it; undefined when it never did. */
export type ReadOverlay = () => Promise<RoutingOverlay | undefined>;

/** Reads fleet health once. */
export async function readOverlay(place: Place): Promise<RoutingOverlay | undefined> {
  const { read, close } = await connectOverlay(place);
  try {
    return await read();
  } finally {
    close();
  }
}

/** Reads fleet health again and again. Where it stands is looked up once. */
export async function connectOverlay(place: Place): Promise<{ read: ReadOverlay; close: () => void }> {
  const { DynamoDBClient, GetItemCommand } = await import('@aws-sdk/client-dynamodb');
  const client = new DynamoDBClient(clientConfigOf(place));
  let tableName: string | undefined;
  return {
    read: async () => {
      tableName ??= await overlayTableOf(place);
      const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key: { id: { S: OVERLAY_ID } } }));
      return Item?.value?.S === undefined ? undefined : RoutingOverlay.parse(JSON.parse(Item.value.S));
    },
    close: () => client.destroy(),
  };
}

async function overlayTableOf(place: Place): Promise<string> {
  if (place.kind === 'aws') return readParameter(place, 'overlay-table', 'the platform');
  const name = place.stack.tables.overlay;
  if (name === undefined) throw new Error('The stack file names no overlay table. Restart the stack with: npm start');
  return name;
}
