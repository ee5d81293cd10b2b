import type { ContentBlock, InferenceContent } from '@signalbox/contracts';

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
