import { compareSchemaVersion, describeIssues, RoutingTable, TABLE_SCHEMA_VERSION } from '@signalbox/contracts';

export type TableReading = { kind: 'read'; table: RoutingTable } | { kind: 'unreadable'; problems: string[] };

/** Reads the text of a routing table; says everything that its schema has against it. */
export function readTable(text: string): TableReading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return {
      kind: 'unreadable',
      problems: ['the table is not JSON: release it with "signalbox policy deploy", which compiles the policy'],
    };
  }
  const parsed = RoutingTable.safeParse(value);
  if (!parsed.success) {
    return { kind: 'unreadable', problems: describeIssues(parsed.error.issues, value).map(({ path, message }) => `${path}: ${message}`) };
  }
  if (compareSchemaVersion(parsed.data.schemaVersion, TABLE_SCHEMA_VERSION) === 'same-or-older-minor')
    return { kind: 'read', table: parsed.data };
  const problem = `schemaVersion: is ${parsed.data.schemaVersion}; this installation reads tables up to ${TABLE_SCHEMA_VERSION}: update the older of the two`;
  return { kind: 'unreadable', problems: [problem] };
}
