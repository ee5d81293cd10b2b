import type { Model, Profile } from './model.ts';

/**
 * Whether Bedrock's runtime takes calls to the model in a Region: by the profile, or by the model's own id without one. Null
 * when it is not known. A model that only Bedrock's mantle endpoint serves is callable nowhere in this sense.
 */
export function isCallableIn(model: Model, { region, profile }: { region: string; profile?: Profile | undefined }): boolean | null {
  if (model.apis.every((api) => api === 'mantle')) return false;
  const regions = profile ? profile.sourceRegions : model.onDemandRegions;
  return regions?.includes(region) ?? null;
}
