import type { RequestFeatures } from '../../features/request-features.ts';

/** Features for tests of the attempt loop, which reads few of them; what matters to the test is stated. */
export function makeFeatures(stated: Partial<RequestFeatures> = {}): RequestFeatures {
  return {
    operation: 'chat',
    tenant: 'acme',
    priority: undefined,
    sessionId: undefined,
    labels: {},
    requirements: undefined,
    maxTokens: undefined,
    inputModalities: ['text'],
    hasTools: false,
    tools: [],
    inputCharacters: 400,
    estimatedInputTokens: 100,
    language: undefined,
    text: 'Hi',
    ...stated,
  };
}
