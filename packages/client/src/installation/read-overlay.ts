import { RoutingOverlay } from '@signalbox/contracts';
import { clientConfigOf, type Place } from './place.ts';
import { readParameter } from './read-parameter.ts';

const OVERLAY_ID = 'overlay#0';

/** Fleet health as the controller last published it; undefined when it never did. */
export async function readOverlay(place: Place): Promise<RoutingOverlay | undefined> {
  const { DynamoDBClient, GetItemCommand } = await import('@aws-sdk/client-dynamodb');
  const client = new DynamoDBClient(clientConfigOf(place));
  try {
    const { Item } = await client.send(new GetItemCommand({ TableName: await overlayTableOf(place), Key: { id: { S: OVERLAY_ID } } }));
    return Item?.value?.S === undefined ? undefined : RoutingOverlay.parse(JSON.parse(Item.value.S));
  } finally {
    client.destroy();
  }
}

async function overlayTableOf(place: Place): Promise<string> {
  if (place.kind === 'aws') return readParameter(place, 'overlay-table', 'the platform');
  const name = place.stack.tables.overlay;
  if (name === undefined) throw new Error('The stack file names no overlay table. Restart the stack with: npm start');
  return name;
}
