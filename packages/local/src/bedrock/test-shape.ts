import { NormalizedSchema } from '@smithy/core/schema';

type SchemaReference = Parameters<typeof NormalizedSchema.of>[0];

/** What a JSON reply has that the SDK's schema does not know, and what it lacks: one line each, none when it conforms. For tests. */
export function shapeProblems(schema: SchemaReference, value: unknown): string[] {
  return problemsOf(NormalizedSchema.of(schema), value, '$');
}

function problemsOf(schema: NormalizedSchema, value: unknown, path: string): string[] {
  if (schema.isDocumentSchema()) return [];
  if (schema.isStructSchema()) return structProblems(schema, value, path);
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) return [`${path} is not a list`];
    return value.flatMap((item, index) => problemsOf(schema.getValueSchema(), item, `${path}[${index}]`));
  }
  if (schema.isMapSchema())
    return Object.entries(value as object).flatMap(([key, item]) => problemsOf(schema.getValueSchema(), item, `${path}.${key}`));
  const expected = schema.isNumericSchema() ? 'number' : schema.isBooleanSchema() ? 'boolean' : 'string';
  return typeof value === expected ? [] : [`${path} is not a ${expected}`];
}

function structProblems(schema: NormalizedSchema, value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path} is not a structure`];
  const members = new Map(schema.structIterator());
  // A schema lists its required members first and their number last; a union has exactly one member.
  const [, , , , names, , requiredCount = 0] = schema.getSchema() as unknown as [
    number,
    string,
    string,
    unknown,
    string[],
    unknown[],
    number?,
  ];
  const missing = names
    .slice(0, requiredCount)
    .filter((name) => !(name in value))
    .map((name) => `${path}.${name} is missing`);
  const count = schema.isUnionSchema() && Object.keys(value).length !== 1 ? [`${path} must have exactly one member`] : [];
  const wrong = Object.entries(value).flatMap(([name, member]) => {
    const memberSchema = members.get(name);
    return memberSchema ? problemsOf(memberSchema, member, `${path}.${name}`) : [`${path}.${name} is unknown`];
  });
  return [...missing, ...count, ...wrong];
}
