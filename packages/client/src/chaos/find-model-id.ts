import type { RoutingTable } from '@signalbox/contracts';
import { UsageError } from '../usage-error.ts';

/** The model id by which calls arrive at the simulator, of a target of the table in force, or of a model by its own id. */
export function findModelId(table: RoutingTable | undefined, named: string): string {
  const target = table && Object.hasOwn(table.targets, named) ? table.targets[named] : undefined;
  if (target) return target.modelId;
  // Ids of models have a dot or a colon, names of targets have neither.
  if (/[.:/]/.test(named)) return named;
  const known = Object.keys(table?.targets ?? {}).join(', ') || 'none, for no table is released';
  throw new UsageError(`"${named}" is no target of the table in force, and no model id. Targets: ${known}.`);
}
