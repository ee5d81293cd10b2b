import { type Catalogue, type Model, type Profile, resolveModel } from '@signalbox/catalogue';

/** What a name stands for in the catalogue. */
export type ModelName =
  | { kind: 'model'; model: Model }
  | { kind: 'profile'; model: Model; profile: Profile }
  | { kind: 'unknown'; suggestions: readonly string[] };

const namesByCatalogue = new WeakMap<Catalogue, Map<string, ModelName>>();

/** Looks a name up once per catalogue: a policy names few models many times, and suggestions are slow to make. */
export function readModelName(catalogue: Catalogue, name: string): ModelName {
  const names = namesByCatalogue.get(catalogue) ?? new Map<string, ModelName>();
  namesByCatalogue.set(catalogue, names);
  const known = names.get(name) ?? lookUp(catalogue, name);
  names.set(name, known);
  return known;
}

/** An ARN of something of an account: no catalogue has it, and looking for names like it takes milliseconds. */
const OWN_ARN = /^arn:(?!.*:(foundation-model|inference-profile)\/)/;

function lookUp(catalogue: Catalogue, name: string): ModelName {
  if (OWN_ARN.test(name)) return { kind: 'unknown', suggestions: [] };
  const found = resolveModel(catalogue, name);
  if (found.kind === 'unknown') return { kind: 'unknown', suggestions: found.suggestions };
  return found.profile ? { kind: 'profile', model: found.model, profile: found.profile } : { kind: 'model', model: found.model };
}
