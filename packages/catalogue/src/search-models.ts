import { type Capability, hasCapability } from './capabilities.ts';
import type { Catalogue } from './catalogue.ts';
import { type LifecycleState, lifecycleAt } from './lifecycle-at.ts';
import type { Model } from './model.ts';

export type ModelFilter = {
  /** Words that must all occur in its id, names, provider, family or strengths. */
  text?: string | undefined;
  provider?: string | undefined;
  /** One that the model is known to have. */
  capability?: Capability | undefined;
  /** A Region where it is known to be offered, by its id or through a profile. */
  region?: string | undefined;
  stage?: LifecycleState['stage'] | undefined;
  /** The day for `stage`; the day of the evidence when absent. */
  date?: string | undefined;
};

/** The models that meet every part of the filter, in the catalogue's order. */
export function searchModels({ models }: Catalogue, filter: ModelFilter): Model[] {
  const { text, provider, capability, region, stage, date } = filter;
  return models.filter(
    (model) =>
      (text === undefined || hasWords(model, text)) &&
      (provider === undefined || model.provider.toLowerCase() === provider.toLowerCase()) &&
      (capability === undefined || hasCapability(model, capability) === true) &&
      (region === undefined || isOfferedIn(model, region)) &&
      (stage === undefined || stageOf(model, date) === stage),
  );
}

function hasWords(model: Model, text: string): boolean {
  const { id, aliases, name, provider, family, strengths, bestFor } = model;
  const haystack = [id, ...aliases, name, provider, family ?? '', ...strengths, ...bestFor].join(' ').toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => haystack.includes(word));
}

function isOfferedIn({ regions, profiles }: Model, region: string): boolean {
  return Boolean(regions?.includes(region)) || profiles.some(({ sourceRegions }) => sourceRegions?.includes(region));
}

function stageOf(model: Model, date: string | undefined): LifecycleState['stage'] {
  const day = date ?? model.lifecycle.asOf;
  return day === null ? 'unknown' : lifecycleAt(model, day).stage;
}
