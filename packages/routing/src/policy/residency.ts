import type { Catalogue } from '@signalbox/catalogue';
import { knownRegions } from './known-regions.ts';

/** The regions that an entry of `residency` stands for: itself, or all that begin as `eu-*` says. */
export function regionsOf(entry: string, catalogue: Catalogue): readonly string[] {
  if (!entry.endsWith('*')) return [entry];
  const beginning = entry.slice(0, -1);
  return knownRegions(catalogue).filter((region) => region.startsWith(beginning));
}

/** A residency as the table has it: a plain list of regions, each once and sorted. */
export function expandResidency(entries: readonly string[], catalogue: Catalogue): string[] {
  return [...new Set(entries.flatMap((entry) => regionsOf(entry, catalogue)))].sort();
}
