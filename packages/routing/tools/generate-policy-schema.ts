import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { POLICY_SCHEMA_FILE, policyJsonSchema } from './policy-json-schema.ts';

/** Writes the JSON Schema of the policy language, for editors. */
writeFileSync(join(import.meta.dirname, '../../..', POLICY_SCHEMA_FILE), policyJsonSchema());
console.log(`wrote ${POLICY_SCHEMA_FILE}`);
