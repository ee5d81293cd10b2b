import { type Allowed, checkTable } from './check-table.ts';
import { readTable } from './read-table.ts';

/** What AppConfig asks a validator: the content is base64. */
export type ValidationRequest = { content: string; configurationVersion?: string };

/** A table that must not be released. AppConfig shows the message to whoever tries. */
export class InvalidRoutingTableError extends Error {
  override readonly name = 'InvalidRoutingTableError';
}

/** Throws when the table must not be released, naming every problem at once. */
export function validateRoutingTable({ content }: ValidationRequest, { allowed }: { allowed: Allowed }): void {
  const reading = readTable(Buffer.from(content, 'base64').toString('utf8'));
  const problems = reading.kind === 'read' ? checkTable(reading.table, { allowed }) : reading.problems;
  if (problems.length === 0) return;
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  throw new InvalidRoutingTableError(`The routing table has ${count}: ${problems.join('; ')}.`);
}
