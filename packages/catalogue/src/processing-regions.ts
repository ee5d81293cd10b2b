import type { Model, Profile } from './model.ts';

/**
 * Regions where content of a call may be processed: the Region itself without a profile, all destinations with one (AWS states
 * them over all source Regions, so some may be out of reach from this one). Null when that may be any Region, or is not known.
 */
export function processingRegions({ profile, region }: { model: Model; profile?: Profile | undefined; region: string }): string[] | null {
  if (!profile) return [region];
  if (profile.scope === 'global' || profile.destinationRegions === null) return null;
  return [...new Set([...profile.destinationRegions, region])].sort();
}
