import { loadCatalogue } from '../load-catalogue.ts';
import type { Model, Profile } from '../model.ts';
import { profileOf } from '../profile-of.ts';

/** A model of the shipped data. */
export function findModel(id: string): Model {
  const model = loadCatalogue().byName.get(id)?.model;
  if (!model) throw new Error(`the shipped data no longer has the model ${id}`);
  return model;
}

export function findProfile(model: Model, prefix: string): Profile {
  const profile = profileOf(model, prefix);
  if (!profile) throw new Error(`the shipped data no longer has the profile ${prefix}.${model.id}`);
  return profile;
}
