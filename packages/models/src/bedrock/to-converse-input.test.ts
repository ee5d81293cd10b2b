import { expect, it } from 'vitest';
import { modelCall } from '../__fixtures__/model-call.ts';
import { toJson } from '../to-json.ts';
import { toConverseInput } from './to-converse-input.ts';

const bytes = Buffer.from([0, 1, 2, 250, 255]);
const base64 = bytes.toString('base64');

it('carries every field of the content', () => {
  const content = {
    messages: [{ role: 'user' as const, content: [{ text: 'Hello' }, { cachePoint: { type: 'default' as const } }] }],
    system: [{ text: 'Be brief.' }],
    toolConfig: { tools: [{ toolSpec: { name: 'now', inputSchema: { json: { type: 'object' } } } }], toolChoice: { auto: {} } },
    outputConfig: { effort: 'low' as const },
    additionalModelRequestFields: { top_k: 5 },
  };
  const inferenceConfig = { maxTokens: 50, stopSequences: ['END'] };
  expect(toConverseInput(modelCall({ content, inferenceConfig }))).toEqual({
    modelId: 'amazon.nova-lite-v1:0',
    inferenceConfig,
    ...content,
  });
});

it('marks a probe of our own for the logs of the provider, and nothing else', () => {
  expect(toConverseInput(modelCall({ synthetic: true }))).toMatchObject({ requestMetadata: { synthetic: 'true' } });
  expect(toConverseInput(modelCall({}))).not.toHaveProperty('requestMetadata');
});

it('gives bytes where the contract has base64, and base64 again on the way back', () => {
  const blocks = [
    { image: { format: 'png' as const, source: { bytes: base64 } } },
    { document: { format: 'pdf' as const, name: 'invoice', source: { bytes: base64 } } },
    { video: { format: 'mp4' as const, source: { bytes: base64 } } },
    { reasoningContent: { redactedContent: base64 } },
    { reasoningContent: { reasoningText: { text: 'Hm.', signature: 's' } } },
    { toolUse: { toolUseId: 't1', name: 'now', input: { at: [1, null] } } },
    { toolResult: { toolUseId: 't1', content: [{ json: { hour: 9 } }], status: 'success' as const } },
  ];
  const input = toConverseInput(modelCall({ content: { messages: [{ role: 'user', content: blocks }] } }));
  const sent = input.messages?.[0]?.content ?? [];
  expect(sent.slice(0, 4)).toEqual([
    { image: { format: 'png', source: { bytes } } },
    { document: { format: 'pdf', name: 'invoice', source: { bytes } } },
    { video: { format: 'mp4', source: { bytes } } },
    { reasoningContent: { redactedContent: bytes } },
  ]);
  expect(toJson(sent)).toEqual(blocks);
});

it('leaves out what the content does not have', () => {
  expect(Object.keys(toConverseInput(modelCall()))).toEqual(['modelId', 'messages', 'inferenceConfig']);
});

it.each(['priority', 'flex'] as const)('asks for the tier %s of the target', (serviceTier) => {
  const { target } = modelCall();
  expect(toConverseInput(modelCall({ target: { ...target, serviceTier } }))).toMatchObject({ serviceTier: { type: serviceTier } });
});
