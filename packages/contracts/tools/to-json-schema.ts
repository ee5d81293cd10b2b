import * as z from 'zod/mini';
import * as contracts from '../src/index.ts';
import type { PublicContract } from './public-contracts.ts';
import type { Docstrings } from './read-docstrings.ts';

export type JsonSchema = z.core.JSONSchema.BaseSchema;
/** 2020-12 for the published files; AsyncAPI's own dialect is a superset of draft 7. */
type Dialect = 'draft-2020-12' | 'draft-7';

/** The JSON Schema of a contract with titles and docstrings; the named contracts it uses stand under `$defs` (draft 7: `definitions`). */
export function toJsonSchema(contract: PublicContract, docs: Docstrings, dialect: Dialect): JsonSchema {
  const schema = z.toJSONSchema(contract.schema, {
    target: dialect,
    // Readers tolerate unknown fields unless the contract itself is strict.
    io: 'input',
    metadata: namesOf(contract),
    override: ({ zodSchema, jsonSchema }) => {
      delete jsonSchema.id;
      if (isUnion(zodSchema)) Object.assign(jsonSchema, { minProperties: 1, maxProperties: 1 });
    },
  });
  const definitions = (dialect === 'draft-7' ? schema.definitions : schema.$defs) ?? {};
  for (const [name, definition] of Object.entries(definitions)) Object.assign(definition, described(name, definition, docs));
  return described(contract.name, schema, docs);
}

/** Gives every other exported schema its name, so that it is written once and referred to. */
function namesOf(contract: PublicContract) {
  const names = z.registry<{ id: string }>();
  for (const [name, value] of Object.entries(contracts)) {
    if (isSchema(value) && value !== contract.schema) names.add(value, { id: name });
  }
  return names;
}

function isSchema(value: unknown): value is z.core.$ZodType {
  return typeof value === 'object' && value !== null && '_zod' in value;
}

/** True for an object that `exactlyOne` checks: a rule that zod keeps as a function. */
function isUnion(schema: z.core.$ZodTypes): boolean {
  return (schema._zod.def.checks ?? []).some((check) => {
    const { params } = check._zod.def as z.core.$ZodCustomDef;
    return params?.isUnion === true;
  });
}

function described(name: string, schema: JsonSchema, docs: Docstrings): JsonSchema {
  const { $schema, ...rest } = schema;
  describeFields(name, schema, docs);
  const description = docs.get(name);
  return { ...($schema && { $schema }), title: name, ...(description && { description }), ...rest };
}

/** Draft 7 ignores what stands beside a reference. */
function wrapReference(property: JsonSchema): JsonSchema {
  const { $ref } = property;
  delete property.$ref;
  return $ref ? { allOf: [{ $ref }] } : {};
}

/** The docstrings of an event's fields stand at its data. */
function describeFields(name: string, schema: JsonSchema, docs: Docstrings): void {
  for (const [field, property] of Object.entries(schema.properties ?? {})) {
    if (typeof property !== 'object') continue;
    const description = docs.get(`${name}.${field}`);
    if (description) Object.assign(property, wrapReference(property), { description });
    if (field === 'data') describeFields(name, property, docs);
  }
}
