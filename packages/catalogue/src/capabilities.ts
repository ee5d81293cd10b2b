import type { Model } from './model.ts';

/** What a model can do, in the words that policies and requests use. */
export const CAPABILITIES = [
  'streaming',
  'tool-use',
  'streaming-tool-use',
  'system-prompt',
  'structured-output',
  'reasoning',
  'prompt-caching',
  'vision',
  'documents',
  'guardrails',
  'computer-use',
] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** Null when it is not known. A model that takes tools may still refuse them in a stream: ask for `streaming-tool-use` then. */
export function hasCapability(model: Model, capability: Capability): boolean | null {
  return model.capabilities[capability];
}
