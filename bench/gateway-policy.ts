/** The models that the gateway's paths are measured with: one per time that the model server takes, and one per shape of its answers. */
export function modelName({ delayMs, stream }: { delayMs: number; stream: boolean }): string {
  return `${stream ? 'streamed' : 'whole'}-${delayMs}`;
}

/** A policy whose routes go to the model server at this address. Whole answers are asked for whole, as the peer does, and not streamed from the model. */
export function gatewayPolicy(stubUrl: string, delaysMs: readonly number[]): string {
  const targets = delaysMs.map(
    (delayMs) => `  after-${delayMs}:
    kind: openai
    baseUrl: ${stubUrl}/${delayMs}/v1
    model: bench-model
    class: standard
    contextTokens: 32768
    maxOutputTokens: 8192
    capabilities: [streaming, system-prompt]
    price: { inputPerMTokens: 0.1, outputPerMTokens: 0.3 }`,
  );
  const routes = delaysMs.flatMap((delayMs) => [
    `  ${modelName({ delayMs, stream: true })}: { strategy: static, candidates: [after-${delayMs}], rescue: restart }`,
    `  ${modelName({ delayMs, stream: false })}: { strategy: static, candidates: [after-${delayMs}], limits: { firstToken: none, idle: none } }`,
  ]);
  const first = `  default: { strategy: static, candidates: [after-${delaysMs[0]}] }`;
  return [
    'version: 1',
    'classes: [standard]',
    'targets:',
    ...targets,
    'defaults:',
    '  maxTokens: { default: 512, cap: 1024 }',
    '  limits: { attempt: 60s, firstToken: 10s, idle: 10s, maxTargets: 1 }',
    'routes:',
    first,
    ...routes,
    '',
  ].join('\n');
}
