import type { ContentBlock, Features, InferenceContent, InferenceRequest } from '@signalbox/contracts';

/** What can be said of a request without its content: for events, and for what must not see prompts. */
export function featuresOf(request: Pick<InferenceRequest, 'messages' | 'system' | 'input' | 'toolConfig' | 'labels'>): Features {
  return {
    inputModalities: inputModalitiesOf(request),
    hasTools: request.toolConfig !== undefined,
    ...(request.labels && { labels: request.labels }),
  };
}

const MEDIA = ['image', 'document', 'video'] as const satisfies readonly (keyof ContentBlock)[];

/** The modalities that a model must read to answer: `text` first, then media in a fixed order. */
export function inputModalitiesOf(content: Pick<InferenceContent, 'messages' | 'system' | 'input'>): string[] {
  const found = new Set<string>();
  if (content.system !== undefined || content.input !== undefined) found.add('text');
  for (const message of content.messages ?? []) {
    for (const block of message.content) {
      const medium = MEDIA.find((kind) => block[kind] !== undefined);
      if (medium) found.add(medium);
      else if (block.cachePoint === undefined) found.add('text');
    }
  }
  return ['text', ...MEDIA].filter((modality) => found.has(modality));
}
