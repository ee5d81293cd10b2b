import * as z from 'zod/mini';
import { AwsError } from '../service.ts';
import { DEFAULT_BUS, type EventBus, type EventBusStore, invalid } from './event-bus-store.ts';
import { type JsonOperation, operation } from './json-operations.ts';

const BusName = z.string().check(z.regex(/^[/.\-_A-Za-z0-9]{1,256}$/));

/** The operations on event buses. Policies are not emulated: on one machine every caller may put events. */
export function busOperations(store: EventBusStore): Record<string, JsonOperation> {
  return {
    CreateEventBus: operation(z.object({ Name: BusName, Description: z.optional(z.string()) }), ({ Name, Description }) => {
      if (store.findBus(Name) !== undefined)
        throw new AwsError({ code: 'ResourceAlreadyExistsException', message: `Event bus ${Name} already exists.` });
      const bus = store.addBus({ name: Name, origin: 'api', ...(Description === undefined ? {} : { description: Description }) });
      return { EventBusArn: bus.arn, ...(Description === undefined ? {} : { Description }) };
    }),
    DescribeEventBus: operation(z.object({ Name: z.optional(z.string()) }), ({ Name }) => describe(store.requireBus(Name))),
    ListEventBuses: operation(z.object({ NamePrefix: z.optional(z.string()) }), ({ NamePrefix = '' }) => ({
      EventBuses: store
        .buses()
        .filter(({ name }) => name.startsWith(NamePrefix))
        .map(describe),
    })),
    DeleteEventBus: operation(z.object({ Name: z.string() }), ({ Name }) => {
      if (Name === DEFAULT_BUS) throw invalid(`Cannot delete event bus ${DEFAULT_BUS}.`);
      const bus = store.findBus(Name);
      if (bus === undefined) return;
      if (store.rules(bus.name).length > 0) throw invalid(`Cannot delete event bus ${bus.name}: it has rules.`);
      store.removeBus(bus.name);
    }),
  };
}

function describe({ name, arn, description, createdAtMs }: EventBus) {
  const seconds = createdAtMs / 1000;
  return {
    Name: name,
    Arn: arn,
    CreationTime: seconds,
    LastModifiedTime: seconds,
    ...(description === undefined ? {} : { Description: description }),
  };
}
