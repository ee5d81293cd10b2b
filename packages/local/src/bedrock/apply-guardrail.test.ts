import { ApplyGuardrailCommand, type ApplyGuardrailCommandInput, ApplyGuardrailResponse$ } from '@aws-sdk/client-bedrock-runtime';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestBedrock, type TestBedrock } from './test-bedrock.ts';
import { shapeProblems } from './test-shape.ts';

let simulator: TestBedrock;
beforeAll(async () => {
  simulator = await startTestBedrock();
});
afterAll(() => simulator.stop());
afterEach(() => simulator.reset());

const apply = (text: string, input: Partial<ApplyGuardrailCommandInput> = {}) =>
  simulator.clients['HTTP/2'].send(
    new ApplyGuardrailCommand({
      guardrailIdentifier: 'gr1',
      guardrailVersion: '1',
      source: 'INPUT',
      content: [{ text: { text } }],
      ...input,
    }),
  );

describe('ApplyGuardrail', () => {
  it('lets through what does not hold the word', async () => {
    const { action, outputs, usage } = await apply('x'.repeat(1_001));
    expect({ action, outputs }).toEqual({ action: 'NONE', outputs: [] });
    expect(usage).toMatchObject({ wordPolicyUnits: 2, contentPolicyUnits: 0 });
  });

  it.each([
    ['INPUT', 'question'],
    ['OUTPUT', 'answer'],
  ] as const)('blocks what holds it, as %s', async (source, word) => {
    const reply = await apply('this is [blocked] here', { source });
    expect(reply).toMatchObject({
      action: 'GUARDRAIL_INTERVENED',
      outputs: [{ text: `Sorry, the guardrail blocked this ${word}.` }],
      assessments: [{ wordPolicy: { customWords: [{ match: '[blocked]', action: 'BLOCKED' }], managedWordLists: [] } }],
    });
  });

  it('takes any guardrail by name or ARN, and images', async () => {
    const arn = 'arn:aws:bedrock:eu-central-1:123456789012:guardrail/abc123';
    const image = { image: { format: 'png' as const, source: { bytes: Buffer.from('x') } } };
    expect(await apply('', { guardrailIdentifier: arn, guardrailVersion: 'DRAFT', content: [image] })).toMatchObject({ action: 'NONE' });
  });

  it.each([
    [{ guardrailIdentifier: 'No!' }, /identifier 'No!' is invalid/],
    [{ guardrailVersion: 'latest' }, /version 'latest' is invalid/],
    [{ source: 'BOTH' as never }, /'source': Member must satisfy enum value set/],
    [{ content: [{}] as never }, /'content.0': content must have exactly one known member/],
  ])('refuses %j', async (input, message) => {
    await expect(apply('x', input)).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringMatching(message) });
  });

  it.each([
    [{ kind: 'throttle' }, 'ThrottlingException'],
    [{ kind: 'error', status: 500 }, 'InternalServerException'],
  ])('is struck by the fault %j of its guardrail, and listed', async (fault, name) => {
    await simulator.setFault('gr1', fault);
    await expect(apply('x')).rejects.toMatchObject({ name });
    expect(await apply('x', { guardrailIdentifier: 'gr2' })).toMatchObject({ action: 'NONE' });
    expect(await simulator.attempts()).toMatchObject([
      { modelId: 'gr1', fault: fault.kind },
      { modelId: 'gr2', status: 200 },
    ]);
  });

  it.each(['hello', '[blocked]'])('has the shape of the SDK for "%s"', async (text) => {
    const response = await fetch(`${simulator.http1Url}/guardrail/gr1/version/1/apply`, {
      method: 'POST',
      body: JSON.stringify({ source: 'INPUT', content: [{ text: { text } }] }),
    });
    expect(shapeProblems(ApplyGuardrailResponse$, await response.json())).toEqual([]);
  });
});
