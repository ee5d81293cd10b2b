import { emptyModel } from './empty-model.ts';
import type { Model } from './model.ts';

/** A model that the catalogue does not have, by whatever name: it is taken to read text, and nothing else is known of it. */
export function unlistedModel(name: string): Model {
  return { ...emptyModel(name), name, provider: 'unknown', inputModalities: ['text'], outputModalities: [], apis: [] };
}
