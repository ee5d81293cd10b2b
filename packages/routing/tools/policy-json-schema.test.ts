import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GENERATE_COMMAND, POLICY_SCHEMA_FILE, policyJsonSchema } from './policy-json-schema.ts';

const root = join(import.meta.dirname, '../../..');
type Schema = { description?: string; properties?: Record<string, Schema>; items?: Schema; additionalProperties?: Schema | boolean };

/** Paths of all fields without words for an editor to show. */
function undescribed(schema: Schema, path: string): string[] {
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
    ...(field.description ? [] : [`${path}.${name}`]),
    ...undescribed(field, `${path}.${name}`),
  ]);
  const { items, additionalProperties } = schema;
  return [
    ...fields,
    ...(items ? undescribed(items, `${path}[]`) : []),
    ...(typeof additionalProperties === 'object' ? undescribed(additionalProperties, `${path}.*`) : []),
  ];
}

describe('the JSON Schema of the policy', () => {
  const text = policyJsonSchema();

  it(`is the committed one; if not, run ${GENERATE_COMMAND}`, () => {
    expect(readFileSync(join(root, POLICY_SCHEMA_FILE), 'utf8')).toBe(text);
  });

  it('is named in the first line of the default policy, where editors look for it', () => {
    const [first] = readFileSync(join(root, 'policy/routing.yaml'), 'utf8').split('\n');
    expect(first).toBe('# yaml-language-server: $schema=./routing.schema.json');
  });

  it('explains every field', () => {
    expect(undescribed(JSON.parse(text), '')).toEqual([]);
  });

  it('writes times and shares as people do, not as the compiler keeps them', () => {
    const schema = JSON.parse(text);
    const route = schema.properties.routes.additionalProperties.properties;
    expect(route.limits.properties.attempt).toMatchObject({ type: 'string', examples: ['500ms', '10s', '2m'] });
    expect(route.hedge.properties.budget.oneOf).toHaveLength(2);
    expect(new RegExp(route.limits.properties.idle.pattern).test('none')).toBe(true);
  });
});
