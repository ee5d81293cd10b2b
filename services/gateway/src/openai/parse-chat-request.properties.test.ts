import { parseInferenceRequest } from '@signalbox/contracts';
import { HttpError } from '@signalbox/runtime/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChatRequest, parseChatRequest } from './parse-chat-request.ts';
import { PDF_URL, PNG_URL } from './testing/sample-media.ts';

const SECRET = 'S3CRET';
const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const name = fc.stringMatching(/^[a-z][a-z0-9]{0,10}$/);
const json = fc.jsonValue({ maxDepth: 4, stringUnit: 'grapheme' }).filter((value) => !JSON.stringify(value).includes('__proto__'));
const jsonObject = fc.dictionary(name, json, { maxKeys: 3 }).filter((value) => !JSON.stringify(value).includes('__proto__'));
const share = fc.double({ min: 0, max: 1, noNaN: true });

const text = words.map((value) => ({ type: 'text', text: value }));
const image = fc.constant({ type: 'image_url', image_url: { url: PNG_URL } });
const file = fc.option(words, { nil: undefined }).map((filename) => ({ type: 'file', file: { file_data: PDF_URL, filename } }));
const user = fc
  .oneof(
    words,
    fc.tuple(text, fc.array(fc.oneof({ weight: 4, arbitrary: text }, image, file), { maxLength: 2 })).map(([one, more]) => [one, ...more]),
  )
  .map((content) => ({ role: 'user', content }));
const system = fc.constantFrom('system', 'developer').chain((role) => words.map((content) => ({ role, content })));

/** An answer with tool calls and the result of each. */
const exchange = fc
  .tuple(fc.option(words), fc.uniqueArray(name, { maxLength: 3 }), jsonObject, words)
  .map(([content, ids, input, output]) => {
    const calls = ids.map((id) => ({ id, type: 'function', function: { name: 'find', arguments: JSON.stringify(input) } }));
    const answer = {
      role: 'assistant',
      content: content ?? (calls.length > 0 ? null : 'well'),
      ...(calls.length > 0 && { tool_calls: calls }),
    };
    return [answer, ...ids.map((id) => ({ role: 'tool', tool_call_id: id, content: output }))];
  });
const messages = fc
  .tuple(fc.array(system, { maxLength: 2 }), user, fc.array(fc.tuple(exchange, user), { maxLength: 2 }))
  .map(([first, asked, turns]) => [...first, asked, ...turns.flatMap(([answered, next]) => [...answered, next])]);

const optional = {
  temperature: share,
  top_p: share,
  max_completion_tokens: fc.integer({ min: 1, max: 100_000 }),
  stop: fc.oneof(words, fc.array(words, { maxLength: 4 })),
  seed: fc.integer(),
  reasoning_effort: fc.constantFrom('low', 'medium', 'high'),
  tool_choice: fc.constantFrom('auto', 'required'),
  response_format: jsonObject.map((schema) => ({ type: 'json_schema', json_schema: { name: 'answer', schema } })),
  metadata: fc.dictionary(name, words, { maxKeys: 8 }),
  signalbox: fc.record({ sessionId: name, labels: fc.constant({ Z: 'z' }), timeoutSeconds: fc.integer({ min: 1, max: 900 }) }),
};
const request = fc.record(
  { model: words, messages, tools: fc.constant([{ type: 'function', function: { name: 'find' } }]), ...optional },
  { requiredKeys: ['model', 'messages', 'tools'] },
);

type Node = Record<string, unknown>;

function placesOf(node: unknown): { parent: Node; key: string }[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => [{ parent: node as Node, key }, ...placesOf(value)]);
}

/** A valid request with one value anywhere replaced, or one key removed. */
const damaged = fc.tuple(request, fc.nat(), fc.option(fc.oneof(json, fc.constant(SECRET)))).map(([valid, at, value]) => {
  const document = JSON.parse(JSON.stringify(valid)) as Node;
  const places = placesOf(document);
  const place = places[at % places.length];
  if (place && value === null) delete place.parent[place.key];
  else if (place) place.parent[place.key] = value;
  return document;
});

/** What a request came to: read, or refused. Anything else thrown fails. */
function outcomeOf(body: unknown): ChatRequest | HttpError {
  try {
    return parseChatRequest(body);
  } catch (error) {
    if (error instanceof HttpError) return error;
    throw error;
  }
}

function expectOurs({ content, inferenceConfig, labels, sessionId, requirements }: ChatRequest): void {
  const ours = {
    schemaVersion: '1.0',
    ...content,
    inferenceConfig,
    ...(labels && { labels }),
    ...(sessionId && { sessionId }),
    requirements,
  };
  expect(parseInferenceRequest(JSON.parse(JSON.stringify(ours)))).toMatchObject({ kind: 'valid', notes: [] });
}

describe('parseChatRequest', () => {
  it('makes of any chat what our own API takes', () => {
    fc.assert(fc.property(request, (body) => expectOurs(parseChatRequest(JSON.parse(JSON.stringify(body))))));
  });

  it('reads a damaged request, or refuses it and names where', () => {
    fc.assert(
      fc.property(damaged, (body) => {
        const outcome = outcomeOf(body);
        if (!(outcome instanceof HttpError)) return expectOurs(outcome);
        expect(outcome).toMatchObject({ status: 400, parameter: expect.stringMatching(/^\w/) });
        expect(['invalid_request', 'unsupported_parameter']).toContain(outcome.code);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses any other JSON without anything thrown beside', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        expect(outcomeOf(body)).toBeInstanceOf(HttpError);
      }),
    );
    fc.assert(
      fc.property(jsonObject, (signalbox) => {
        expect(outcomeOf({ model: 'x', messages: [{ role: 'user', content: 'x' }], signalbox })).toBeDefined();
      }),
    );
  });

  it('never says what a request says', () => {
    const say = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value), (_key, inner: unknown) => (typeof inner === 'string' ? `${inner}${SECRET}` : inner));
    fc.assert(
      fc.property(fc.oneof(damaged, request), (body) => {
        const outcome = outcomeOf(say(body));
        if (outcome instanceof HttpError) expect(`${outcome.message} ${outcome.parameter}`).not.toContain(SECRET);
      }),
    );
  });
});
