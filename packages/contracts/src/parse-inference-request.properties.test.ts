import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InferenceRequest, mergeContent, parseInferenceRequest } from './index.ts';

const SECRET = 'S3CRET';
const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const json = fc.jsonValue({ maxDepth: 4, stringUnit: 'grapheme' }).filter((value) => !JSON.stringify(value).includes('__proto__'));
const jsonObject = fc.dictionary(words, json, { maxKeys: 3 }).filter((value) => !JSON.stringify(value).includes('__proto__'));
const share = fc.double({ min: 0, max: 1, noNaN: true });
const name = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/);
const media = fc.record({ bytes: fc.base64String({ minLength: 4, maxLength: 40 }) });

const block = fc.oneof(
  fc.record({ text: words }),
  fc.record({ image: fc.record({ format: fc.constantFrom('png', 'jpeg'), source: media }) }),
  fc.record({ toolUse: fc.record({ toolUseId: name, name, input: json }) }),
  fc.record({ toolResult: fc.record({ toolUseId: name, content: fc.array(fc.record({ json }), { minLength: 1, maxLength: 2 }) }) }),
);
const content = fc.array(block, { minLength: 1, maxLength: 3 });
const conversation = fc.tuple(fc.array(fc.tuple(content, content), { maxLength: 2 }), content).map(([turns, last]) => [
  ...turns.flatMap(([asked, answered]) => [
    { role: 'user', content: asked },
    { role: 'assistant', content: answered },
  ]),
  { role: 'user', content: last },
]);
const optional = {
  id: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:@+-]{0,40}$/),
  route: name,
  system: fc.array(fc.record({ text: words }), { maxLength: 2 }),
  additionalModelRequestFields: jsonObject,
  inferenceConfig: fc.record({ maxTokens: fc.integer({ min: 1 }), temperature: share, topP: share }, { requiredKeys: [] }),
  requirements: fc.record({ minQuality: share, languages: fc.array(fc.constantFrom('de', 'en-GB')) }, { requiredKeys: [] }),
  deadline: fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }).map((date) => date.toISOString()),
  labels: fc.dictionary(name, words, { maxKeys: 16 }),
};
const request = fc.record(
  { schemaVersion: fc.constant('1.0'), messages: conversation, ...optional },
  { requiredKeys: ['schemaVersion', 'messages'] },
);

type Node = Record<string, unknown>;

/** Every object and list of a document with one of its keys. */
function placesOf(node: unknown): { parent: Node; key: string }[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => [{ parent: node as Node, key }, ...placesOf(value)]);
}

/** A valid request with one value anywhere replaced, or one key removed. */
const damaged = fc.tuple(request, fc.nat(), fc.option(fc.oneof(json, fc.constant(SECRET)))).map(([valid, at, value]) => {
  const document = structuredClone(valid);
  const places = placesOf(document);
  const place = places[at % places.length];
  if (place && value === null) delete place.parent[place.key];
  else if (place) place.parent[place.key] = value;
  return JSON.parse(JSON.stringify(document)) as unknown;
});

describe('parseInferenceRequest', () => {
  it('takes every valid request, unchanged', () => {
    fc.assert(
      fc.property(request, (body) => {
        expect(parseInferenceRequest(body)).toEqual({ kind: 'valid', request: body, notes: [] });
      }),
    );
  });

  it('takes what it took once more after a way through JSON', () => {
    fc.assert(
      fc.property(request, (body) => {
        const first = parseInferenceRequest(body);
        const again = parseInferenceRequest(JSON.parse(JSON.stringify(first.kind === 'valid' && first.request)));
        expect(again.kind).toBe('valid');
        expect(JSON.stringify(again)).toBe(JSON.stringify(first));
      }),
    );
  });

  it('never throws, and takes nothing that the schema refuses', () => {
    fc.assert(
      fc.property(fc.oneof(damaged, json, jsonObject, fc.jsonValue({ stringUnit: 'binary' })), (body) => {
        const parsed = parseInferenceRequest(body);
        if (parsed.kind === 'valid') expect(InferenceRequest.safeParse(body).success).toBe(true);
        if (parsed.kind === 'invalid') expect(parsed.problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });

  it('never quotes a value in a problem', () => {
    fc.assert(
      fc.property(request, fc.nat(), (valid, at) => {
        const body = structuredClone(valid);
        const places = placesOf(body);
        const place = places[at % places.length];
        if (place) place.parent[place.key] = [SECRET, { text: SECRET }];
        expect(JSON.stringify(parseInferenceRequest({ ...body, unknown: SECRET }))).not.toContain(SECRET);
      }),
    );
  });

  it('reads a newer minor version as it reads its own, less the fields it does not know', () => {
    fc.assert(
      fc.property(request, fc.array(fc.nat(), { maxLength: 3 }), (valid, picks) => {
        const body = structuredClone({ ...valid, schemaVersion: '1.9' });
        const closed = [body, ...body.messages, ...body.messages.flatMap((message) => message.content)] as Node[];
        for (const pick of picks) (closed[pick % closed.length] as Node).brandNew = { any: SECRET };
        const parsed = parseInferenceRequest(body);
        expect(parsed).toMatchObject({ kind: 'valid', request: { ...valid, schemaVersion: '1.9' } });
        expect(JSON.stringify(parsed)).not.toContain(SECRET);
      }),
    );
  });
});

describe('mergeContent', () => {
  it('gives what the same request gives with its content inline', () => {
    fc.assert(
      fc.property(request, ({ messages, system, additionalModelRequestFields, ...rest }) => {
        const moved = JSON.parse(JSON.stringify({ messages, system, additionalModelRequestFields }));
        const claimed = parseInferenceRequest({ ...rest, payload: { key: 'payloads/default/a.json', sha256: 'a'.repeat(64) } });
        if (claimed.kind !== 'valid') throw new Error(`not valid: ${JSON.stringify(claimed)}`);
        expect(mergeContent(claimed.request, moved)).toEqual(parseInferenceRequest({ ...rest, ...moved }));
      }),
    );
  });

  it('never throws, whatever lies in S3', () => {
    fc.assert(
      fc.property(fc.oneof(damaged, json, jsonObject), (stored) => {
        expect(['valid', 'invalid']).toContain(mergeContent({ schemaVersion: '1.0' }, stored).kind);
      }),
    );
  });
});
