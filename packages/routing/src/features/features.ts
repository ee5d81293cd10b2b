import type { Features, InferenceRequest } from '@signalbox/contracts';
import { inputModalitiesOf } from './input-modalities-of.ts';
import { computedFeatures } from './read-features.ts';
import type { RequestFeatures } from './request-features.ts';

/** How a target was chosen: the features that were asked for it, and the rule of the route that it matched. */
export type Choice = { features: RequestFeatures; rule?: string | undefined };

/**
 * What can be said of a request without its content: for events, and for what must not see prompts. Of a choice, what it was
 * based on: features that nothing asked for are not worked out for telling of them.
 */
export function featuresOf(
  request: Pick<InferenceRequest, 'messages' | 'system' | 'input' | 'toolConfig' | 'labels'>,
  choice?: Choice,
): Features {
  return {
    inputModalities: inputModalitiesOf(request),
    hasTools: request.toolConfig !== undefined,
    ...(request.labels && { labels: request.labels }),
    ...(choice && computedFeatures(choice.features)),
    ...(choice?.rule === undefined ? {} : { matchedRule: choice.rule }),
  };
}
