import { expect, it } from 'vitest';
import { parseModelOperation } from './model-operation.ts';

it.each([
  ['/model/a.b-v1%3A0/converse', { kind: 'converse', modelId: 'a.b-v1:0' }],
  ['/model/a.b/converse-stream?x=1', { kind: 'converse-stream', modelId: 'a.b' }],
  ['/model/arn:aws:bedrock:x:1:inference-profile/eu.a/invoke', { kind: 'invoke', modelId: 'arn:aws:bedrock:x:1:inference-profile/eu.a' }],
  ['/model/arn%3Aaws%3Aprofile%2Fa/converse', { kind: 'converse', modelId: 'arn:aws:profile/a' }],
  ['/guardrail/gr1/version/DRAFT/apply', { kind: 'apply-guardrail', modelId: 'gr1', version: 'DRAFT' }],
  ['/guardrail/%/version/1/apply', { kind: 'unsupported', name: 'POST /guardrail/%/version/1/apply' }],
  ['/model/a/count-tokens', { kind: 'unsupported', name: 'CountTokens' }],
  ['/model/a/invoke-with-response-stream', { kind: 'unsupported', name: 'InvokeModelWithResponseStream' }],
  ['/model/%/converse', { kind: 'unsupported', name: 'POST /model/%/converse' }],
  ['/model-customization-jobs', { kind: 'unsupported', name: 'POST /model-customization-jobs' }],
])('POST %s is %j', (url, operation) => {
  expect(parseModelOperation('POST', url)).toEqual(operation);
});

it('names what another method calls', () => {
  expect(parseModelOperation('GET', '/foundation-models')).toEqual({ kind: 'unsupported', name: 'GET /foundation-models' });
  expect(parseModelOperation('GET', '/model/a/converse')).toEqual({ kind: 'unsupported', name: 'GET /model/a/converse' });
});
