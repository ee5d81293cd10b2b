import type { Model } from './model.ts';

export type InputModality = Model['inputModalities'][number];

/** What a request to the model may hold. Documents are a capability in AWS's lists, and count here when the model is known to have it. */
export function inputModalitiesOf(model: Model): InputModality[] {
  const takesDocuments = model.capabilities.documents === true && !model.inputModalities.includes('document');
  return takesDocuments ? [...model.inputModalities, 'document'] : [...model.inputModalities];
}
