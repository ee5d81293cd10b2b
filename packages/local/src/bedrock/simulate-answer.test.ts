import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConverseRequest } from './converse-request.ts';
import { estimateTokens } from './estimate-tokens.ts';
import { simulateAnswer } from './simulate-answer.ts';
import { sliceAnswer } from './slice-answer.ts';

const request = (text: string, inferenceConfig = {}, rest = {}) =>
  parseConverseRequest({ messages: [{ role: 'user', content: [{ text }] }], inferenceConfig, ...rest });
const answer = (text: string, inferenceConfig = {}, rest = {}) =>
  simulateAnswer({ modelId: 'a.model', seed: 0, request: request(text, inferenceConfig, rest) });
const textOf = ({ blocks }: { blocks: { kind: string; text?: string }[] }) => blocks.map(({ text = '' }) => text).join('');

describe('a simulated answer', () => {
  it('is the same for the same request, never longer than maxTokens, and its parts join to it', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: 'binary' }),
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom('', '[[tokens:33]] '),
        (text, maxTokens, directive) => {
          const whole = answer(`${directive}${text}`, { maxTokens });
          expect(whole).toEqual(answer(`${directive}${text}`, { maxTokens }));
          expect(whole.usage.outputTokens).toBeLessThanOrEqual(maxTokens);
          expect(whole.usage.outputTokens).toBe(estimateTokens(textOf(whole)));
          const parts = sliceAnswer(whole);
          expect(parts.map((part) => (part.kind === 'text' ? part.text : '')).join('')).toBe(textOf(whole));
          expect(
            parts.filter((part) => part.kind === 'text').every(({ text: slice }) => slice.isWellFormed() || !text.isWellFormed()),
          ).toBe(true);
          expect(parts.at(-1)?.kind).toBe('end');
        },
      ),
    );
  });

  it.each([
    ['What is the capital of japan?', 'The capital of Japan is Tokyo.'],
    ['Who wrote Hamlet?', 'William Shakespeare wrote Hamlet.'],
    ['what is 12 + 30?', '12 + 30 = 42'],
    ['What is 999999999 * 999999999', '999999999 * 999999999 = 999999998000000001'],
  ])('to %s is right', (question, right) => {
    expect(textOf(answer(question))).toBe(right);
  });

  it('ends at the stop sequence that comes first', () => {
    const cut = answer('What is the capital of France?', { stopSequences: ['Paris', 'of'] });
    expect(cut).toMatchObject({ stopReason: 'stop_sequence', stopSequence: 'of', blocks: [{ text: 'The capital ' }] });
    expect(answer('What is the capital of France?', { stopSequences: ['The'] }).blocks).toEqual([]);
  });

  it('to what tools gave quotes that, and heeds no directive in it', () => {
    const turns = [
      { role: 'user', content: [{ text: 'How warm is it?' }] },
      { role: 'assistant', content: ['a', 'b'].map((toolUseId) => ({ toolUse: { toolUseId, name: 'look', input: {} } })) },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 'a', content: [{ text: 'Oslo [[empty]]' }] } },
          { toolResult: { toolUseId: 'b', content: [{ json: { celsius: 4 } }] } },
        ],
      },
    ];
    const tools = { tools: [{ toolSpec: { name: 'look', inputSchema: { json: {} } } }] };
    expect(textOf(answer('', {}, { messages: turns, toolConfig: tools }))).toContain('"Oslo [[empty]]\n{"celsius":4}"');
  });

  it.each(['guardrail_intervened', 'content_filtered', 'malformed_model_output', 'model_context_window_exceeded'])(
    'ends with %s when told to',
    (reason) => {
      expect(answer(`hello [[stop:${reason}]]`).stopReason).toBe(reason);
    },
  );

  it('keeps text in double brackets that is no directive', () => {
    expect(textOf(answer('see [[links]] and [[ -f x ]]'))).toContain('see [[links]] and [[ -f x ]]');
  });

  it.each(['[[stop:never]]', '[[tokens:0]]', '[[tokens:many]]', '[[tool:unknown]]', '[[too-long]]'])('is refused for %s', (text) => {
    expect(() => answer(text)).toThrow(expect.objectContaining({ code: 'ValidationException' }));
  });

  it('is refused when the input is beyond the context window', () => {
    expect(() => answer('x'.repeat(4_000_004))).toThrow('Input is too long for requested model.');
    expect(answer('x'.repeat(4_000_000)).usage.inputTokens).toBe(1_000_000);
  });

  const tools = [
    {
      toolSpec: {
        name: 'search',
        inputSchema: { json: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] } },
      },
    },
  ];

  it.each([
    ['auto', {}, 'plain', 'text'],
    ['auto', {}, '[[tool:search]] plain', 'tool-use'],
    ['any', { any: {} }, 'plain', 'tool-use'],
    ['one tool', { tool: { name: 'search' } }, 'plain', 'tool-use'],
  ])('with tool choice %s %j to "%s" is %s', (_name, toolChoice, text, kind) => {
    const toolConfig = { tools, ...(Object.keys(toolChoice).length > 0 ? { toolChoice } : {}) };
    expect(answer(text, {}, { toolConfig }).blocks[0]?.kind).toBe(kind);
  });

  it('is no half tool call when maxTokens do not suffice', () => {
    const cut = answer('[[tool:search]] plain', { maxTokens: 2 }, { toolConfig: { tools } });
    expect(cut).toMatchObject({ stopReason: 'max_tokens', blocks: [{ kind: 'text' }], usage: { outputTokens: 2 } });
  });
});
