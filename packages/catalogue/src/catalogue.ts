import type { Model, Profile } from './model.ts';

/** A name resolved. */
export type NamedModel = { model: Model; profile?: Profile };

/** All models that are known, with the package's data and the overrides of a policy merged. */
export type Catalogue = {
  readonly models: readonly Model[];
  /** Every id, alias and profile id. */
  readonly byName: ReadonlyMap<string, NamedModel>;
};

/** Indexes models by all their names. Ids come first: no alias or profile of one model takes the id of another. */
export function createCatalogue(models: readonly Model[]): Catalogue {
  const byName = new Map<string, NamedModel>();
  for (const model of models) byName.set(model.id, { model });
  const addName = (name: string, named: NamedModel) => {
    if (!byName.has(name)) byName.set(name, named);
  };
  for (const model of models) {
    for (const alias of model.aliases) addName(alias, { model });
    for (const profile of model.profiles) addName(profile.id, { model, profile });
  }
  return { models, byName };
}
