import type { Catalogue, NamedModel } from './catalogue.ts';
import { suggestNames } from './suggest-names.ts';

export type ModelResolution = ({ kind: 'found' } & NamedModel) | { kind: 'unknown'; suggestions: string[] };

/** An ended model is suggested when the name is clearly its own, and otherwise after those that can be called. */
const ENDED_WEIGHT = 0.8;

const BEDROCK_ARN = /^arn:aws[a-z-]*:bedrock:[a-z0-9-]*:\d*:(?:foundation-model|inference-profile)\/(.+)$/;

/**
 * The model that a name means: its id, an alias, the id of an inference profile, or the ARN of one of them. Exact: a part of a
 * name, or one in other letters, finds nothing but suggestions.
 */
export function resolveModel(catalogue: Catalogue, name: string): ModelResolution {
  const id = BEDROCK_ARN.exec(name)?.[1] ?? name;
  const found = catalogue.byName.get(id);
  if (found) return { kind: 'found', ...found };
  return { kind: 'unknown', suggestions: suggestModels(catalogue, id) };
}

/** Ids that may have been meant. A known model under a prefix that it has no profile for suggests its names that exist. */
function suggestModels({ byName, models }: Catalogue, name: string): string[] {
  const unprefixed = byName.get(name.slice(name.indexOf('.') + 1))?.model;
  if (unprefixed) return [unprefixed.id, ...unprefixed.profiles.map(({ id }) => id)];
  const spelled = new Map(
    models.flatMap((model) => [model.name, ...model.aliases, model.id].map((spelling) => [spelling, model] as const)),
  );
  const weightOf = (spelling: string) => (spelled.get(spelling)?.lifecycle.stage === 'ended' ? ENDED_WEIGHT : 1);
  return [...new Set(suggestNames(name, spelled.keys(), weightOf).map((spelling) => spelled.get(spelling)?.id ?? spelling))];
}
