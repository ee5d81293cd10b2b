import type { RequestFeatures } from '../features/request-features.ts';

/** The features of a short request for text, for tests; what matters to the test is stated. */
export function makeRequest(stated: Partial<RequestFeatures> = {}): RequestFeatures {
  return {
    operation: 'chat',
    tenant: 'default',
    priority: undefined,
    sessionId: undefined,
    labels: {},
    requirements: undefined,
    maxTokens: undefined,
    inputModalities: ['text'],
    hasTools: false,
    tools: [],
    estimatedInputTokens: 100,
    inputCharacters: 400,
    language: 'en',
    text: 'What is the capital of France?',
    ...stated,
  };
}
