import type { Output } from '../output/output.ts';
import { cleanLeftovers } from './clean-leftovers.ts';
import type { TailClients } from './tail-bus.ts';

type Cleaning = TailClients & { busName: string; output: Pick<Output, 'note'> };

/** Removes what earlier tails left behind; that it could not is no reason not to listen. */
export async function cleanOrNote({ output, ...clients }: Cleaning): Promise<void> {
  try {
    const removed = await cleanLeftovers({ ...clients, now: Date.now() });
    if (removed.length > 0) output.note(`Removed what earlier tails left behind: ${removed.join(', ')}`);
  } catch (error) {
    output.note(`Leftovers of earlier tails were not removed: ${error instanceof Error ? error.message : String(error)}`);
  }
}
