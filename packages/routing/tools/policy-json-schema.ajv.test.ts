// For packages/routing/tools once `ajv` 8.20.0 and `ajv-formats` 3.0.1 are devDependencies of packages/routing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { policyJsonSchema } from './policy-json-schema.ts';

const root = join(import.meta.dirname, '../../..');
const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
formats.default(ajv);
const validate = ajv.compile(JSON.parse(policyJsonSchema()));
const policy = (file: string) => parse(readFileSync(join(root, file), 'utf8'));

describe('an editor with the JSON Schema', () => {
  it('finds nothing wrong with the default policy', () => {
    expect(validate(policy('policy/routing.yaml')), JSON.stringify(validate.errors)).toBe(true);
  });

  it('finds nothing wrong with targets of every kind', () => {
    const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(readFileSync(join(root, 'docs/policy-targets.md'), 'utf8')) ?? [];
    expect(validate(parse(example)), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each([
    'field-unknown',
    'fields-missing',
    'hedge-out-of-range',
    'rule-feature-unknown',
    'candidates-and-tiers',
    'reply-queue-of-another-name',
    'kind-fields-missing',
    'server-key-written',
    'guardrail-not-valid',
  ])('marks %s', (name) => {
    expect(validate(policy(`packages/routing/src/policy/__fixtures__/broken/${name}.yaml`))).toBe(false);
  });
});
