import type { Catalogue } from '@signalbox/catalogue';

const regionsByCatalogue = new WeakMap<Catalogue, readonly string[]>();

/** Every region that any model of the catalogue is in, sorted: what `eu-*` is looked up in. */
export function knownRegions(catalogue: Catalogue): readonly string[] {
  const known = regionsByCatalogue.get(catalogue) ?? collect(catalogue);
  regionsByCatalogue.set(catalogue, known);
  return known;
}

function collect({ models }: Catalogue): readonly string[] {
  const all = models.flatMap(({ regions, onDemandRegions, profiles }) => [
    ...(regions ?? []),
    ...(onDemandRegions ?? []),
    ...profiles.flatMap((profile) => [...(profile.sourceRegions ?? []), ...(profile.destinationRegions ?? [])]),
  ]);
  return [...new Set(all)].sort();
}
