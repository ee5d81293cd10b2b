import type { Model, Profile } from './model.ts';

/** The model's inference profile with a prefix (`us`, `eu`, `global` …). */
export function profileOf(model: Model, prefix: string): Profile | undefined {
  return model.profiles.find((profile) => profile.prefix === prefix);
}
