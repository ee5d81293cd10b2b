import { type Finding, warning } from './finding.ts';
import { listWords } from './list-words.ts';
import type { ResolvedTarget } from './resolve-target.ts';

/** What follows where a fact is not stated. */
const CONSEQUENCES = {
  contextTokens: 'an input that is too long is found out by asking',
  maxOutputTokens: 'a limit of output above its own is found out by asking',
  capabilities: 'a request that needs any, tools for example, is not sent there',
  price: 'its costs are not known',
} as const;

/** Of a model that only its server knows, what nobody has stated: in one warning, because it may all be meant so. */
export function checkFacts({ id, isListed, model, written }: ResolvedTarget): Finding[] {
  if (isListed) return [];
  const unstated = (Object.keys(CONSEQUENCES) as (keyof typeof CONSEQUENCES)[]).filter((field) => !(field in written));
  if (unstated.length === 0) return [];
  const consequences = unstated.map((field) => CONSEQUENCES[field]).join('; ');
  const message = `names the model "${model.id}", which the catalogue does not have, and nobody has stated its ${listWords(unstated)}: ${consequences}. State ${unstated.length === 1 ? 'it' : 'them'} here, or describe the model in policy/catalogue.yaml`;
  return [warning(['targets', id, 'model'], message)];
}
