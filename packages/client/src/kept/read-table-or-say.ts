import type { RoutingTable } from '@signalbox/contracts';
import { connectTo } from '../installation/connect-to.ts';
import type { Place } from '../installation/place.ts';
import { readRunningTable } from '../installation/read-running-table.ts';

/** The routing table in force; undefined, and said why, when it cannot be read: the worker then says what it finds. */
export async function readTableOrSay(place: Place, say: (text: string) => void): Promise<RoutingTable | undefined> {
  try {
    const running = await readRunningTable(await connectTo(place));
    if (running) return running.table;
    say('Routes are not checked: no routing table was released yet.');
  } catch (error) {
    say(`Routes are not checked, for the routing table cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  return undefined;
}
