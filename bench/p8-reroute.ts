import { RoutingTable } from '@signalbox/contracts';
import { askAdapter } from './adapter-replies.ts';
import { fleetRows } from './p8-fleet.ts';
import { sameRequestRows } from './p8-same-request.ts';
import { rerouteInVirtualTime, type VirtualFleet, virtualRows } from './p8-virtual-fleet.ts';
import type { Row } from './report.ts';
import { routingTableJson } from './routing-table.ts';

/** How soon a request, a sandbox and a fleet leave a target that is down, and how soon they are back. */
export async function measureReroute(): Promise<Row[]> {
  const table = RoutingTable.parse(JSON.parse(routingTableJson()));
  const target = table.targets['nova-lite'];
  if (!target) throw new Error('the default policy has no target nova-lite');
  const sameRequest = await sameRequestRows(table);
  const replies = await askAdapter(target);
  const inVirtualTime = async (name: string, fleet: Pick<VirtualFleet, 'requestsPerSecond' | 'fault'>) =>
    virtualRows(name, await rerouteInVirtualTime({ table, replies, ...fleet }));
  return [
    ...sameRequest,
    ...(await inVirtualTime('fleet, 503, 50 req/s', { requestsPerSecond: 50, fault: 'error503' })),
    ...(await inVirtualTime('fleet, 503, 5 req/s', { requestsPerSecond: 5, fault: 'error503' })),
    ...(await inVirtualTime('fleet, no answer ever, 50 req/s', { requestsPerSecond: 50, fault: 'blackHole' })),
    ...(await fleetRows()),
  ];
}
