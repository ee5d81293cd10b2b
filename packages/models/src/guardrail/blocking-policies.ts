import type { GuardrailAssessment } from '@aws-sdk/client-bedrock-runtime';

/**
 * Which policies of a guardrail blocked, in the guardrail's own names: `topic: weapons`, `content: HATE`, `word`. Never a match of them, which is
 * content.
 */
export function blockingPolicies(assessments: readonly GuardrailAssessment[]): string[] {
  return [...new Set(assessments.flatMap(policiesOf))];
}

function policiesOf(assessment: GuardrailAssessment): string[] {
  const { topicPolicy, contentPolicy, wordPolicy, sensitiveInformationPolicy, contextualGroundingPolicy } = assessment;
  return [
    ...blocked(topicPolicy?.topics).map(({ name }) => `topic: ${name}`),
    ...blocked(contentPolicy?.filters).map(({ type }) => `content: ${type}`),
    ...blocked(wordPolicy?.customWords).map(() => 'word'),
    ...blocked(wordPolicy?.managedWordLists).map(({ type }) => `words: ${type}`),
    ...blocked(sensitiveInformationPolicy?.piiEntities).map(({ type }) => `personal data: ${type}`),
    ...blocked(sensitiveInformationPolicy?.regexes).map(({ name }) => `pattern: ${name}`),
    ...blocked(contextualGroundingPolicy?.filters).map(({ type }) => `grounding: ${type}`),
  ];
}

/** What was found and let pass is no reason; what was masked is, because the text that we have is not the masked one. */
function blocked<Found extends { action?: string | undefined }>(found: readonly Found[] | undefined): Found[] {
  return (found ?? []).filter(({ action }) => action !== 'NONE');
}
