import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { clientConfigOf, type Place } from '../installation/place.ts';
import { readParameter } from '../installation/read-parameter.ts';
import type { TailClients } from './tail-bus.ts';

/** The bus of an installation, and what a tail needs to listen to it. */
export async function connectTail(place: Place): Promise<TailClients & { busName: string; close: () => void }> {
  const busName = place.kind === 'embedded' ? place.stack.eventBusName : await readParameter(place, 'event-bus-name', 'the platform');
  const config = clientConfigOf(place);
  const sqs = new SQSClient(config);
  const events = new EventBridgeClient(config);
  return {
    ...{ sqs, events, busName },
    close: () => {
      sqs.destroy();
      events.destroy();
    },
  };
}
