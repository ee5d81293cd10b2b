import { type AnswerDelta, OutcomeKind } from '@signalbox/contracts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { modelCall } from '../__fixtures__/model-call.ts';
import { sse } from '../__fixtures__/start-provider.ts';
import { runCall } from '../run-call.ts';
import { streamAnswer } from '../stream-answer.ts';
import { chunkEvents } from './chunk-events.ts';
import { mapOpenAiError } from './map-openai-error.ts';
import { readChunks } from './read-chunks.ts';

/** What comes of a body, with no network between. */
async function answerOf(text: string, deltas: AnswerDelta[] = []) {
  const call = modelCall({ onDelta: (delta) => void deltas.push(delta) });
  const body = async function* () {
    yield Buffer.from(text);
  };
  const open = async () => chunkEvents(readChunks({ body: body() }));
  const mapError = (thrown: { error: unknown; hasBegun: boolean }) => mapOpenAiError({ ...thrown, now: 0 });
  return runCall(call, (running) => streamAnswer({ call, ...running, open, mapError }));
}

const field = fc.oneof(fc.string(), fc.constant(null), fc.integer(), fc.object({ maxDepth: 1 }));
const toolCall = fc.record(
  { index: fc.oneof(fc.nat({ max: 2 }), field), id: field, function: fc.record({ name: field, arguments: field }) },
  { requiredKeys: [] },
);
const delta = fc.record(
  { role: field, content: field, reasoning: field, refusal: field, tool_calls: fc.oneof(fc.array(toolCall, { maxLength: 2 }), field) },
  { requiredKeys: [] },
);
const choice = fc.record(
  {
    index: fc.constantFrom(0, 0, 1),
    delta: fc.oneof(delta, field),
    finish_reason: fc.constantFrom(null, null, 'stop', 'length', 'abort', ''),
  },
  { requiredKeys: [] },
);
const chunk = fc.oneof(
  fc.record({ choices: fc.oneof(fc.array(choice, { maxLength: 2 }), field), usage: field }, { requiredKeys: [] }),
  fc.object({ maxDepth: 2 }),
);

it('comes to an outcome that the contract knows, whatever chunks a server sends, and succeeds only with a finish', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(chunk, { maxLength: 5 }), async (chunks) => {
      const text = chunks.map(sse).join('');
      const reply = await answerOf(text);
      expect(OutcomeKind.options).toContain(reply.outcome);
      expect(reply.outcome).not.toBe('cancelled');
      if (reply.outcome === 'succeeded') expect(text).toMatch(/"finish_reason":"(stop|length)"/);
    }),
    { numRuns: 300 },
  );
});

it('comes to an outcome that the contract knows, whatever bytes a server sends', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (text) => {
      expect(['malformed', 'faulted']).toContain((await answerOf(text)).outcome);
    }),
  );
});

it('tells in pieces exactly what the answer holds', async () => {
  const piece = fc.oneof(
    fc.record({ content: fc.string({ minLength: 1 }) }),
    fc.record({ reasoning: fc.string({ minLength: 1 }) }),
    fc.record({
      tool_calls: fc.tuple(
        fc.record({ index: fc.nat({ max: 3 }), function: fc.record({ name: fc.constant('now'), arguments: fc.constant('') }) }),
      ),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 12 }), async (pieces) => {
      const deltas: AnswerDelta[] = [];
      const said = [...pieces, { content: 'end.' }].map((each) => sse({ choices: [{ delta: each }] }));
      const reply = await answerOf([...said, sse({ choices: [{ delta: {}, finish_reason: 'stop' }] })].join(''), deltas);
      expect(reply).toMatchObject({ outcome: 'succeeded', output: { message: { content: rebuild(deltas) } } });
    }),
  );
});

/** The blocks of a message from the pieces that a caller was told. */
function rebuild(deltas: AnswerDelta[]): unknown[] {
  const blocks: Record<string, unknown>[] = [];
  for (const delta of deltas) {
    const text = 'text' in delta ? delta.text : '';
    if (delta.kind === 'text') blocks[delta.index] = { text: String(blocks[delta.index]?.text ?? '') + text };
    if (delta.kind === 'tool-use') blocks[delta.index] = { toolUse: { toolUseId: delta.toolUseId, name: delta.name, input: {} } };
    if (delta.kind === 'reasoning') {
      const before = (blocks[delta.index]?.reasoningContent as { reasoningText: { text: string } } | undefined)?.reasoningText.text ?? '';
      blocks[delta.index] = { reasoningContent: { reasoningText: { text: before + text } } };
    }
  }
  return blocks;
}
