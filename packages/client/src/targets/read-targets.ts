import { listTargets, type OverlayReading, type RoutingTable, type TargetList } from '@signalbox/contracts';
import { connectTo } from '../installation/connect-to.ts';
import type { Place } from '../installation/place.ts';
import { type ReadOverlay, readOverlay } from '../installation/read-overlay.ts';
import { readRunningTable } from '../installation/read-running-table.ts';
import type { Installation } from '../releases/index.ts';

/** The targets as they stand, and what kept their health from being read. */
export type TargetsRead = { list: TargetList; problem: string | undefined };
/** Fleet health, or what kept it from being read. */
export type HealthRead = { reading: OverlayReading; problem: string | undefined };

/** The targets of the table in force with what fleet health says of each. Without health they are listed all the same. */
export async function readTargets(place: Place, now: number): Promise<TargetsRead> {
  const [table, { reading, problem }] = await Promise.all([connectTo(place).then(readTableOf), readHealth(() => readOverlay(place))]);
  return { list: listTargets({ table, tableSource: 'appconfig', reading, now }), problem };
}

/** The routing table in force; rejects when none is. */
export async function readTableOf(installation: Installation): Promise<RoutingTable> {
  const running = await readRunningTable(installation);
  if (!running) throw new Error('No routing table was released yet, so there are no targets. Release one with: signalbox policy deploy');
  return running.table;
}

/** Never rejects: targets can be shown without their health. */
export async function readHealth(read: ReadOverlay): Promise<HealthRead> {
  try {
    return { reading: { kind: 'read', overlay: await read() }, problem: undefined };
  } catch (error) {
    return { reading: { kind: 'unreachable' }, problem: error instanceof Error ? error.message : String(error) };
  }
}
