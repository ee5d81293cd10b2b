import { EVENT_CONTRACTS, QUEUE_CONTRACTS } from './public-contracts.ts';
import type { Docstrings } from './read-docstrings.ts';
import { type JsonSchema, toJsonSchema } from './to-json-schema.ts';

/** `components.schemas`: each contract of queues and bus, and each named contract it uses, once, in order of name. */
export function asyncapiSchemas(docs: Docstrings): Record<string, JsonSchema> {
  const schemas = new Map<string, JsonSchema>();
  for (const contract of [...QUEUE_CONTRACTS, ...EVENT_CONTRACTS]) {
    const { $schema: _dialect, definitions, ...root } = toJsonSchema(contract, docs, 'draft-7');
    for (const [name, schema] of Object.entries(definitions as Record<string, JsonSchema>)) schemas.set(name, inComponents(schema));
    schemas.set(contract.name, inComponents(root));
  }
  return Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** References into `definitions` lead to `components.schemas` instead. */
function inComponents(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === '$ref' && typeof value === 'string' ? value.replace('#/definitions/', '#/components/schemas/') : value,
  ) as JsonSchema;
}
