import { type RoutingTable, TABLE_SCHEMA_VERSION } from '@signalbox/contracts';

/** Readers of it know targets of Bedrock only, call them for chat only, and pass over what they do not know. */
const FIRST = '1.0';

/**
 * The lowest version of the table's schema whose readers act on all that a table holds, so that a policy which does not use what is new
 * can still be released to services that are not deployed anew. One that passed over a guardrail would let content through.
 */
export function schemaVersionFor({ targets, routes }: Pick<RoutingTable, 'targets' | 'routes'>): string {
  const isNewer =
    Object.values(targets).some(({ kind }) => kind !== 'bedrock') ||
    Object.values(routes).some(
      ({ operation, rescue, guardrail }) => operation === 'embed' || rescue !== undefined || guardrail !== undefined,
    );
  return isNewer ? TABLE_SCHEMA_VERSION : FIRST;
}
