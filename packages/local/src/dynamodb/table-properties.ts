type Key = { AttributeName: string; KeyType: string };
type Index = { IndexName: string; KeySchema: Key[]; Projection: unknown; ProvisionedThroughput?: Throughput };
type Throughput = { ReadCapacityUnits: unknown; WriteCapacityUnits: unknown };

/** Properties of `AWS::DynamoDB::Table` that the stack gives effect to. */
export type TableProperties = {
  KeySchema: Key[];
  AttributeDefinitions: { AttributeName: string; AttributeType: string }[];
  BillingMode?: string;
  ProvisionedThroughput?: Throughput;
  GlobalSecondaryIndexes?: Index[];
  LocalSecondaryIndexes?: Index[];
  TimeToLiveSpecification?: { AttributeName: string; Enabled: unknown };
  StreamSpecification?: unknown;
};

/** CloudFormation's properties as the parameters of `CreateTable`. Encryption, backups, tags and protection have no effect on one machine. */
export function toCreateTable(name: string, properties: TableProperties): Record<string, unknown> {
  if (properties.StreamSpecification) throw new Error(`Table ${name}: the embedded stack has no DynamoDB streams (StreamSpecification).`);
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, LocalSecondaryIndexes, ProvisionedThroughput: throughput } = properties;
  return {
    TableName: name,
    KeySchema,
    AttributeDefinitions,
    ...(throughput ? { ProvisionedThroughput: toNumbers(throughput) } : { BillingMode: 'PAY_PER_REQUEST' }),
    ...(GlobalSecondaryIndexes ? { GlobalSecondaryIndexes: GlobalSecondaryIndexes.map(toIndex) } : {}),
    ...(LocalSecondaryIndexes ? { LocalSecondaryIndexes: LocalSecondaryIndexes.map(toIndex) } : {}),
  };
}

function toIndex({ IndexName, KeySchema, Projection, ProvisionedThroughput: throughput }: Index): Record<string, unknown> {
  return { IndexName, KeySchema, Projection, ...(throughput ? { ProvisionedThroughput: toNumbers(throughput) } : {}) };
}

function toNumbers({ ReadCapacityUnits, WriteCapacityUnits }: Throughput): Record<string, number> {
  return { ReadCapacityUnits: Number(ReadCapacityUnits), WriteCapacityUnits: Number(WriteCapacityUnits) };
}

/** A table of an earlier run keeps its keys and indexes; the stack does not migrate data. */
export function checkSameTable({
  existing,
  name,
  properties,
}: {
  existing: Record<string, unknown>;
  name: string;
  properties: TableProperties;
}): void {
  const before = shape(existing);
  const after = shape(properties);
  if (before === after) return;
  throw new Error(
    `Table ${name} in the data directory has ${before}, but the template wants ${after}. Start with another --data-dir, or delete this one.`,
  );
}

function shape(table: { KeySchema?: unknown; GlobalSecondaryIndexes?: unknown; LocalSecondaryIndexes?: unknown }): string {
  const indexes = [...((table.GlobalSecondaryIndexes ?? []) as Index[]), ...((table.LocalSecondaryIndexes ?? []) as Index[])];
  const described = indexes.map((index) => `index ${index.IndexName} on ${keys(index.KeySchema)}`).sort();
  return [`keys ${keys(table.KeySchema as Key[])}`, ...described].join(', ');
}

function keys(schema: Key[]): string {
  return schema.map((key) => key.AttributeName).join('+');
}
