import { createHash } from 'node:crypto';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { type ReleasedTable, ROUTING_SOURCE, type RoutingTableRolledBack } from '@signalbox/contracts';
import type { TableInForce } from './table-in-force.ts';
import type { Installation } from './types.ts';

type Reverted = { current: TableInForce; previous: TableInForce; now: number };

/** Tells the bus that a release was taken back after its end. Gives what to tell when the bus did not take it. */
export async function publishReverted(installation: Installation, reverted: Reverted): Promise<string[]> {
  const { eventBridge, eventBusName } = installation;
  try {
    const reply = await eventBridge.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: eventBusName,
            Source: ROUTING_SOURCE,
            DetailType: 'RoutingTableRolledBack',
            Detail: JSON.stringify(toEvent(installation, reverted)),
          },
        ],
      }),
    );
    const code = reply.Entries?.[0]?.ErrorCode;
    return code === undefined ? [] : [`The bus did not take the event RoutingTableRolledBack (${code}).`];
  } catch (error) {
    return [`The event RoutingTableRolledBack could not be published: ${error instanceof Error ? error.message : String(error)}.`];
  }
}

function toEvent({ stage, environmentId }: Installation, { current, previous, now }: Reverted): RoutingTableRolledBack {
  return {
    metadata: {
      // As the platform's own announcements are named: the same for the same end of the same deployment.
      id: createHash('sha256').update(`${environmentId}#${current.number}#reverted`).digest('hex').slice(0, 32),
      version: '1.0',
      occurredAt: new Date(now).toISOString(),
      correlationId: `deployment-${current.number}`,
    },
    data: {
      stage,
      deploymentNumber: current.number,
      previous: toTable(current),
      current: toTable(previous),
      reason: { kind: 'person', detail: 'Taken back after its end.' },
    },
  };
}

function toTable({ tableVersion = 'unknown', hostedVersion }: TableInForce): ReleasedTable {
  return { tableVersion, hostedVersion };
}
