import type { PolicySource } from '../policy/read-policy-source.ts';

/** A small policy that is fine as it is. */
export const TEST_POLICY = `version: 1
classes: [advanced, standard, simple]
targets:
  nova-lite: { model: amazon.nova-lite-v1:0, region: us-east-1, class: standard }
  nova-pro: { model: amazon.nova-pro-v1:0, region: us-east-1, class: advanced }
  nova-micro: { model: amazon.nova-micro-v1:0, region: us-east-1, class: simple }
defaults:
  maxTokens: { default: 1024, cap: 4096 }
  limits: { attempt: 60s, maxTargets: 3 }
routes:
  default: { strategy: static, candidates: [nova-lite], fallbacks: [nova-micro] }
  extract:
    strategy: weighted
    candidates: [{ target: nova-lite, weight: 3 }, { target: nova-pro, weight: 1 }]
    rules:
      - { name: long-ones, when: { estimatedInputTokens: [{ numeric: ['>', 1000] }] }, route: thorough }
  thorough: { strategy: static, candidates: [nova-pro] }
`;

export function sourceOf(text: string, file = 'policy/routing.yaml'): PolicySource {
  return { file, text, overrides: undefined };
}
