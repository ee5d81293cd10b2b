import type { ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addStreamEvent, assembleMessage, createStreamAssembly } from './stream-assembly.ts';

type Block =
  | { text: string }
  | { toolUse: { toolUseId: string; name: string; input: object } }
  | { reasoningContent: { reasoningText: { text: string; signature: string } } };

const block: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ text: fc.string({ minLength: 1, unit: 'grapheme' }) }),
  fc.record({
    toolUse: fc.record({
      toolUseId: fc.string({ minLength: 1 }),
      name: fc.constantFrom('now', 'find'),
      input: fc.dictionary(fc.constantFrom('a', 'b'), fc.jsonValue()),
    }),
  }),
  fc.record({
    reasoningContent: fc.record({
      reasoningText: fc.record({ text: fc.string({ minLength: 1 }), signature: fc.string({ minLength: 1 }) }),
    }),
  }),
);

it('gives the same blocks however a stream is cut into events', () => {
  fc.assert(
    fc.property(
      fc.array(block, { maxLength: 5 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 7 })),
      fc.boolean(),
      (blocks, sizes, isInterleaved) => {
        const cut = () => sizes.next().value ?? 1;
        const perBlock = blocks.map((one, index) => toEvents(one, index, cut));
        const events = isInterleaved ? interleave(perBlock) : perBlock.flat();
        const assembly = createStreamAssembly();
        for (const event of events) addStreamEvent(assembly, event);
        expect(assembleMessage(assembly).content).toEqual(JSON.parse(JSON.stringify(blocks)));
      },
    ),
  );
});

it('keeps citations with their text', () => {
  const assembly = createStreamAssembly();
  const citation = { title: 'Report', sourceContent: [{ text: 'Paris' }] };
  addStreamEvent(assembly, { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'It is Paris.' } } });
  addStreamEvent(assembly, { contentBlockDelta: { contentBlockIndex: 0, delta: { citation } } });
  expect(assembleMessage(assembly).content).toEqual([{ citationsContent: { content: [{ text: 'It is Paris.' }], citations: [citation] } }]);
});

it('keeps the result of a tool that the provider ran, and an image', () => {
  const assembly = createStreamAssembly();
  addStreamEvent(assembly, { contentBlockStart: { contentBlockIndex: 0, start: { toolResult: { toolUseId: 't1', status: 'success' } } } });
  addStreamEvent(assembly, { contentBlockDelta: { contentBlockIndex: 0, delta: { toolResult: [{ text: 'one' }] } } });
  addStreamEvent(assembly, { contentBlockDelta: { contentBlockIndex: 0, delta: { toolResult: [{ json: { two: 2 } }] } } });
  addStreamEvent(assembly, { contentBlockStart: { contentBlockIndex: 1, start: { image: { format: 'png' } } } });
  addStreamEvent(assembly, {
    contentBlockDelta: { contentBlockIndex: 1, delta: { image: { source: { bytes: new Uint8Array([1, 2]) } } } },
  });
  expect(assembleMessage(assembly).content).toEqual([
    { toolResult: { toolUseId: 't1', status: 'success', content: [{ text: 'one' }, { json: { two: 2 } }] } },
    { image: { format: 'png', source: { bytes: 'AQI=' } } },
  ]);
});

function toEvents(one: Block, contentBlockIndex: number, cut: () => number): ConverseStreamOutput[] {
  const deltas = (text: string, wrap: (part: string) => object) =>
    split(text, cut).map((part) => ({ contentBlockDelta: { contentBlockIndex, delta: wrap(part) } }) as ConverseStreamOutput);
  if ('text' in one) return deltas(one.text, (text) => ({ text }));
  if ('toolUse' in one) {
    const { input, ...start } = one.toolUse;
    return [
      { contentBlockStart: { contentBlockIndex, start: { toolUse: start } } },
      ...deltas(JSON.stringify(input), (part) => ({ toolUse: { input: part } })),
    ];
  }
  const { text, signature } = one.reasoningContent.reasoningText;
  return [
    ...deltas(text, (part) => ({ reasoningContent: { text: part } })),
    ...deltas(signature, (part) => ({ reasoningContent: { signature: part } })),
  ];
}

function split(text: string, cut: () => number): string[] {
  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    const size = cut();
    parts.push(text.slice(at, at + size));
    at += size;
  }
  return parts;
}

function interleave(lists: ConverseStreamOutput[][]): ConverseStreamOutput[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_unused, n) => lists.flatMap((list) => list.slice(n, n + 1))).flat();
}
