import type { SecretReference } from '@signalbox/contracts';
import * as z from 'zod/mini';
import { readBaseUrl } from './base-url.ts';
import { help, text } from './policy-fields.ts';

/** The address of a server, without a slash at its end. */
export const baseUrl = (description: string) =>
  help(
    z.pipe(
      z.unknown().check(z.refine((value) => readBaseUrl(value).kind === 'read', { error: ({ input }) => ruleOf(input) })),
      z.transform((value) => urlOf(value)),
    ),
    description,
    { type: 'string', pattern: '^https?://[^?#@]+$', examples: ['https://llm.example.com/v1', 'http://127.0.0.1:11434/v1'] },
  );

function ruleOf(value: unknown): string {
  const reading = readBaseUrl(value);
  return reading.kind === 'wrong' ? reading.rule : '';
}

function urlOf(value: unknown): string {
  const reading = readBaseUrl(value);
  if (reading.kind === 'wrong') throw new Error(`A server's address was not checked before it was read: it ${reading.rule}`);
  return reading.url;
}

const SECRET = /^(ssm|secrets-manager):([a-z0-9][a-z0-9-]{0,62})$/;
/** Never with what stands there: whoever makes this mistake has written the key itself. */
const SECRET_RULE =
  'must be ssm:<name> or secrets-manager:<name>, the place of the key and not the key itself, with a name of lower-case letters, digits and hyphens; keep the key in SSM as /signalbox/<stage>/model-keys/<name>, or in Secrets Manager under the same name without the first slash, and replace a key that stood here';

/** Where a key is kept; the key itself is refused. */
export const secretReference = (description: string) =>
  help(
    z.pipe(
      z.unknown().check(z.refine((value) => typeof value === 'string' && SECRET.test(value), { error: SECRET_RULE })),
      z.transform((value) => referenceOf(String(value))),
    ),
    description,
    { type: 'string', pattern: SECRET.source, examples: ['ssm:my-server', 'secrets-manager:my-server'] },
  );

function referenceOf(value: string): SecretReference {
  const [, from, name = ''] = SECRET.exec(value) ?? [];
  return { from: from === 'ssm' ? 'ssm' : 'secrets-manager', name };
}

/** A name as SageMaker takes it, of an endpoint or of an inference component. */
export const sageMakerName = (example: string) =>
  text(
    /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/,
    `must be a name of SageMaker, of letters, digits and hyphens between them, at most 63 characters long, like ${example}`,
  );
