import type { Json } from '@signalbox/contracts';

/** The texts of an embedding request: one, or a list of at least one. Undefined for anything else. */
export function textsOf(input: Json | undefined): string[] | undefined {
  const texts = Array.isArray(input) ? input : [input];
  const areTexts = texts.length > 0 && texts.every((text) => typeof text === 'string' && text !== '');
  return areTexts ? (texts as string[]) : undefined;
}
