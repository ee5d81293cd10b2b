import * as z from 'zod/mini';
import { help, region, text } from './policy-fields.ts';

const VERSION = /^([1-9]\d{0,7}|DRAFT)$/;

/** A number in YAML is one here too; readers get the text that AWS takes. */
const version = () =>
  help(
    z.pipe(
      z.unknown().check(z.refine((value) => VERSION.test(String(value)), { error: 'must be the number of a version, like 1, or DRAFT' })),
      z.transform((value) => String(value)),
    ),
    'The version that looks at content: a number, or DRAFT for the one that is being worked on.',
    {
      oneOf: [
        { type: 'integer', minimum: 1 },
        { type: 'string', pattern: VERSION.source },
      ],
      examples: [1, 'DRAFT'],
    },
  );

/** A guardrail as people write it. */
export const PolicyGuardrail = z.strictObject({
  id: help(
    text(
      /^([a-z0-9]+|arn:aws[a-z-]*:bedrock:[a-z0-9-]+:\d{12}:guardrail\/[a-z0-9]+)$/,
      'must be the id of a guardrail of Bedrock, like gr1a2b3c4d5e, or its ARN',
    ),
    'Its id or its ARN.',
    { examples: ['gr1a2b3c4d5e'] },
  ),
  version: version(),
  region: help(region(), 'The region that has it.', { examples: ['us-east-1'] }),
  applies: help(z.enum(['input', 'output', 'both']), 'Whether it looks at what is asked, what is answered, or both.'),
});
export type PolicyGuardrail = z.infer<typeof PolicyGuardrail>;
