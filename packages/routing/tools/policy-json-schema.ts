import * as z from 'zod/mini';
import { policyHelp } from '../src/policy/policy-fields.ts';
import { PolicyDocument } from '../src/policy/policy-schema.ts';
import { formatJson } from './format-json.ts';

/** How to write the file anew. */
export const GENERATE_COMMAND = 'node packages/routing/tools/generate-policy-schema.ts';

/** Where it stands, from the root; `policy/routing.yaml` names it in its first line. */
export const POLICY_SCHEMA_FILE = 'policy/routing.schema.json';

/** The policy language as JSON Schema, of the draft that YAML editors know best. What it cannot say, `signalbox policy check` says. */
export function policyJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(PolicyDocument, {
    target: 'draft-07',
    io: 'input',
    metadata: policyHelp,
    // Of a field that is parsed zod leaves examples and default out, as they might be of what it becomes; ours are of what is written.
    override: ({ zodSchema, jsonSchema }) => {
      const shown = policyHelp.get(zodSchema);
      if (shown?.examples) jsonSchema.examples = [...shown.examples];
      if (shown?.default !== undefined) jsonSchema.default = shown.default;
    },
  });
  const title = 'Signalbox routing policy';
  const $comment = `Generated from packages/routing/src/policy by: ${GENERATE_COMMAND}`;
  return `${formatJson({ $schema, title, $comment, ...schema })}\n`;
}
