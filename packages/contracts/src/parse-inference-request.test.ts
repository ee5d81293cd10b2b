import { describe, expect, it } from 'vitest';
import { type InferenceRequest, mergeContent, parseInferenceRequest } from './index.ts';

/** Stands wherever a value is wrong: no message may repeat it. */
const SECRET = 'S3CRET';
const IDENTIFIER = 'must match /^[A-Za-z0-9][A-Za-z0-9._:@+-]{0,127}$/';
const text = (words: string) => ({ text: words });
const user = (...content: object[]) => ({ role: 'user', content });
const base = { schemaVersion: '1.0', messages: [user(text('Hello.'))] };
const payload = { key: 'payloads/default/a.json', sha256: 'a'.repeat(64) };
const image = { image: { format: 'png', source: { bytes: 'aGVsbG8=' } } };
const document = (name: string) => ({ document: { format: 'pdf', name, source: { bytes: 'aGVsbG8=' } } });
const many = (count: number, make: (index: number) => object) => Array.from({ length: count }, (_, index) => make(index));
const labels = (count: number) => Object.fromEntries(many(count, () => ({})).map((_, index) => [`label-${index}`, 'x']));
const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);

function problemsOf(body: unknown): string[] {
  const parsed = parseInferenceRequest(body);
  return parsed.kind === 'invalid' ? parsed.problems.map(({ path, message }) => `${path}: ${message}`) : [];
}

describe('parseInferenceRequest refuses', () => {
  it.each<[string, unknown, string]>([
    ['null', null, ': must be a JSON object'],
    ['a text', SECRET, ': must be a JSON object'],
    ['a number', 7, ': must be a JSON object'],
    ['an array', [base], ': must be a JSON object'],
    ['nothing', undefined, ': must be a JSON object'],
    ['no version', { messages: base.messages }, 'schemaVersion: must be a supported version, "1.0"'],
    ['a version that is none', { ...base, schemaVersion: SECRET }, 'schemaVersion: must be a supported version, "1.0"'],
    ['a version as a number', { ...base, schemaVersion: 1 }, 'schemaVersion: must be a supported version, "1.0"'],
    ['an older major version', { ...base, schemaVersion: '0.9' }, 'schemaVersion: must be a supported version, "1.0"'],
    ['no messages', { schemaVersion: '1.0' }, 'messages: is required for operation "chat" (or a payload that holds it)'],
    ['messages of the wrong type', { ...base, messages: SECRET }, 'messages: must be of type array'],
    ['empty messages', { ...base, messages: [] }, 'messages: must have at least 1 item'],
    ['too many messages', { ...base, messages: many(2001, () => user(text('a'))) }, 'messages: must have at most 2000 items'],
    ['a message that is null', { ...base, messages: [null] }, 'messages[0]: must be of type object'],
    [
      'a message without a role',
      { ...base, messages: [{ content: [text('a')] }] },
      'messages[0].role: is required (one of: user, assistant)',
    ],
    [
      'an unknown role',
      { ...base, messages: [{ role: SECRET, content: [text('a')] }] },
      'messages[0].role: must be one of: user, assistant',
    ],
    ['content as a text', { ...base, messages: [{ role: 'user', content: SECRET }] }, 'messages[0].content: must be of type array'],
    ['a text that is a number', { ...base, messages: [user({ text: 5 })] }, 'messages[0].content[0].text: must be of type string'],
    [
      'a block of two kinds',
      { ...base, messages: [user({ ...image, text: SECRET })] },
      'messages[0].content[0]: must have exactly one member',
    ],
    [
      'bytes that are not base64',
      { ...base, messages: [user({ image: { format: 'png', source: { bytes: `${SECRET}!` } } })] },
      'messages[0].content[0].image.source.bytes: must match /^[A-Za-z0-9+/]+={0,2}$/',
    ],
    ['an unknown field', { ...base, temperature: SECRET }, 'temperature: is not a known field; remove it or correct its name'],
    [
      'an unknown field of a message',
      { ...base, messages: [{ ...user(text('a')), name: SECRET }] },
      'messages[0].name: is not a known field; remove it or correct its name',
    ],
    [
      'an unknown field of a block',
      { ...base, messages: [user({ text: 'a', audio: SECRET })] },
      'messages[0].content[0].audio: is not a known field; remove it or correct its name',
    ],
    [
      'a conversation that the assistant begins',
      { ...base, messages: [{ role: 'assistant', content: [text('a')] }, user(text('b'))] },
      'messages[0].role: must be user: a conversation begins with the user',
    ],
    [
      'a conversation that the assistant ends',
      { ...base, messages: [user(text('a')), { role: 'assistant', content: [text('b')] }] },
      'messages[1].role: must be user: the last message is the one to answer',
    ],
    [
      '21 images',
      { ...base, messages: [user(...many(11, () => image)), { role: 'assistant', content: [text('a')] }, user(...many(10, () => image))] },
      'messages: must hold at most 20 images',
    ],
    [
      '6 documents',
      { ...base, messages: [user(...many(6, (index) => document(`Part ${index}`)))] },
      'messages: must hold at most 5 documents',
    ],
    ['17 labels', { ...base, labels: labels(17) }, 'labels: must have at most 16 members'],
    [
      'a label with a space in its name',
      { ...base, labels: { 'a b': SECRET } },
      'labels["a b"]: is not an allowed key: a key must match /^[a-zA-Z0-9_.-]{1,64}$/',
    ],
    ['a label that is a number', { ...base, labels: { a: 1 } }, 'labels.a: must be of type string'],
    ['a label of 129 characters', { ...base, labels: { a: 'é'.repeat(129) } }, 'labels.a: must be at most 128 characters long'],
    ['an id with an emoji', { ...base, id: '😀' }, `id: ${IDENTIFIER}`],
    ['an id of 20 million characters', { ...base, id: 'A'.repeat(20_000_000) }, `id: ${IDENTIFIER}`],
    [
      'a deadline without offset',
      { ...base, deadline: '2026-09-21T15:33:20' },
      'deadline: must be an ISO 8601 date and time with seconds and offset, like 2026-01-31T12:00:00Z',
    ],
    [
      'a deadline on 30 February',
      { ...base, deadline: '2026-02-30T15:33:20Z' },
      'deadline: must be an ISO 8601 date and time with seconds and offset, like 2026-01-31T12:00:00Z',
    ],
    ['a temperature above 1', { ...base, inferenceConfig: { temperature: 1.5 } }, 'inferenceConfig.temperature: must be at most 1'],
    ['no tokens', { ...base, inferenceConfig: { maxTokens: 0 } }, 'inferenceConfig.maxTokens: must be at least 1'],
    ['half a token', { ...base, inferenceConfig: { maxTokens: 0.5 } }, 'inferenceConfig.maxTokens: must be of type integer'],
    [
      'more tokens than can be counted',
      { ...base, inferenceConfig: { maxTokens: 1e300 } },
      `inferenceConfig.maxTokens: must be at most ${Number.MAX_SAFE_INTEGER}`,
    ],
    [
      'a number that JSON can say and a double cannot hold',
      JSON.parse(`{"schemaVersion":"1.0","operation":"embed","input":[1,{"a":1e400}]}`),
      `input[1].a: must be a number that a double can hold, up to ${Number.MAX_VALUE}`,
    ],
    [
      'half an emoji',
      { ...base, messages: [user(text(`${SECRET}\ud83d`))] },
      'messages[0].content[0].text: is cut within a character (a lone surrogate); send whole Unicode characters',
    ],
    [
      'a key with half an emoji',
      { ...base, additionalModelRequestFields: { '\ud83d': 1 } },
      'additionalModelRequestFields["\\ud83d"]: has a key that is cut within a character (a lone surrogate)',
    ],
    [
      'free-form fields that are a list',
      { ...base, additionalModelRequestFields: [SECRET] },
      'additionalModelRequestFields: must be of type object',
    ],
    ['embed without input', { schemaVersion: '1.0', operation: 'embed' }, 'input: is required for operation "embed"'],
    ['embed with messages', { ...base, operation: 'embed', input: 'a' }, 'messages: is not read for operation "embed"; write input'],
    ['chat with input', { ...base, input: SECRET }, 'input: is not read for operation "chat"; write messages'],
    ['messages beside a payload', { ...base, payload }, 'messages: must stand in the payload, not beside it'],
    ['a payload without a digest', { schemaVersion: '1.0', payload: { key: SECRET } }, 'payload.sha256: is required (string)'],
    [
      'a reply queue by its URL',
      { ...base, reply: { queue: 'https://sqs/1/signalbox-reply-a' } },
      'reply.queue: must match /^[a-z0-9][a-z0-9-]{0,62}$/',
    ],
  ])('%s', (_, body, problem) => {
    expect(problemsOf(body)).toEqual([problem]);
    expect(problem).not.toContain(SECRET);
  });

  it.each([
    ['at the top', '{"schemaVersion":"1.0","__proto__":{"id":"a"}}', '__proto__'],
    ['in a closed object', '{"schemaVersion":"1.0","inferenceConfig":{"__proto__":{}}}', 'inferenceConfig.__proto__'],
    [
      'in a list in free-form JSON',
      '{"schemaVersion":"1.0","additionalModelRequestFields":{"a":[{"__proto__":1}]}}',
      'additionalModelRequestFields.a[0].__proto__',
    ],
    ['with a newer minor version', '{"schemaVersion":"1.9","new":{"__proto__":1}}', 'new.__proto__'],
  ])('the key __proto__ %s', (_, json, path) => {
    expect(problemsOf(JSON.parse(json))).toEqual([`${path}: is not allowed as a key`]);
  });

  it('100,000 levels of nesting without exhausting the stack', () => {
    expect(problemsOf({ ...base, additionalModelRequestFields: { a: nested(100_000) } })).toEqual([
      'additionalModelRequestFields.a[0]…: must not nest deeper than 64 levels',
    ]);
    expect(problemsOf({ ...base, schemaVersion: '1.9', new: nested(100_000) })).toEqual([
      'new[0][0]…: must not nest deeper than 64 levels',
    ]);
  });

  it('several things at once, each by its path', () => {
    const body = {
      ...base,
      id: ' ',
      inferenceConfig: { topP: 2, top_p: 1 },
      messages: [user(text(''), image), { role: 'robot', content: [] }],
    };
    const paths = problemsOf(body).map((problem) => problem.split(':')[0]);
    expect(paths.sort()).toEqual([
      'id',
      'inferenceConfig.topP',
      'inferenceConfig.top_p',
      'messages[0].content[0].text',
      'messages[1].content',
      'messages[1].role',
    ]);
  });

  it('keeps its list of problems short, whatever the size of the body', () => {
    const fields = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`${index}${'k'.repeat(200)}`, SECRET]));
    const problems = problemsOf({ ...base, ...fields });
    expect(problems).toHaveLength(21);
    expect(JSON.stringify(problems).length).toBeLessThan(5_000);
  });
});

describe('parseInferenceRequest takes', () => {
  it.each<[string, object]>([
    ['the least there can be', base],
    ['16 labels', { ...base, labels: labels(16) }],
    ['a label of 64 emoji, which count two each', { ...base, labels: { mood: '😀'.repeat(64) } }],
    [
      '20 images and 5 documents',
      { ...base, messages: [user(...many(20, () => image), ...many(5, (index) => document(`Part ${index}`)))] },
    ],
    ['text of any script', { ...base, messages: [user(text('Grüße, 你好, 👩‍👩‍👧‍👦, \u0000'))] }],
    ['a text of 20 million characters', { ...base, messages: [user(text('a'.repeat(20_000_000)))] }],
    ['free-form JSON of 60 levels', { ...base, additionalModelRequestFields: { a: nested(60) } }],
    ['embed with input', { schemaVersion: '1.0', operation: 'embed', input: ['a', 'b'] }],
    ['a payload instead of messages', { schemaVersion: '1.0', payload }],
    ['a deadline with an offset', { ...base, deadline: '2026-09-21T15:33:20.5+02:00' }],
    [
      'the keys constructor and toString in free-form JSON',
      { ...base, additionalModelRequestFields: { constructor: { prototype: 1 }, toString: null } },
    ],
  ])('%s', (_, body) => {
    expect(parseInferenceRequest(body)).toEqual({ kind: 'valid', request: body, notes: [] });
  });

  it('a newer minor version, and notes each field that it does not know', () => {
    const body = {
      ...base,
      schemaVersion: '1.7',
      tone: SECRET,
      messages: [{ ...user({ text: 'Hello.', weight: SECRET }), name: SECRET }],
      requirements: { regions: ['eu-west-1'], carbon: { 'g/kWh': SECRET } },
    };
    const parsed = parseInferenceRequest(body);
    expect(parsed).toEqual({
      kind: 'valid',
      request: { ...base, schemaVersion: '1.7', requirements: { regions: ['eu-west-1'] } },
      notes: expect.toSatisfy((notes: string[]) => notes.length === 4),
    });
    for (const path of ['tone', 'messages[0].name', 'messages[0].content[0].weight', 'requirements.carbon']) {
      expect(parsed.kind === 'valid' && parsed.notes).toContain(`${path} is not known to this version and was ignored`);
    }
    expect(body.tone).toBe(SECRET);
  });

  it('a newer minor version, but not with a mistake in what it knows', () => {
    expect(problemsOf({ ...base, schemaVersion: '1.7', tone: 1, id: ' ' })).toEqual([`id: ${IDENTIFIER}`]);
  });

  it('a newer minor version, but not with a block whose only member it does not know: dropped, the question would be another', () => {
    expect(problemsOf({ ...base, schemaVersion: '1.7', messages: [user(text('a'), { audio: {} })] })).toEqual([
      'messages[0].content[1]: must have exactly one member',
    ]);
  });

  it('no newer major version, but tells it apart from a mistake', () => {
    expect(parseInferenceRequest({ schemaVersion: '2.0', whatever: SECRET })).toEqual({ kind: 'newer-major', version: '2.0' });
  });
});

describe('mergeContent', () => {
  const request: InferenceRequest = { schemaVersion: '1.0', id: 'a', labels: { b: 'c' }, payload };

  it('puts the content in the place of the claim check', () => {
    const content = { messages: base.messages, system: [text('Be brief.')] };
    expect(mergeContent(request, content)).toEqual({
      kind: 'valid',
      request: { schemaVersion: '1.0', id: 'a', labels: { b: 'c' }, ...content },
      notes: [],
    });
  });

  it('takes the input of another operation', () => {
    expect(mergeContent({ ...request, operation: 'embed' }, { input: 'a' })).toMatchObject({ kind: 'valid', request: { input: 'a' } });
  });

  it.each<[string, InferenceRequest, unknown, string, string]>([
    ['a list', request, [], 'payload', 'must be a JSON object'],
    ['nothing of use', request, {}, 'payload.messages', 'is required for operation "chat" (or a payload that holds it)'],
    ['no input for embed', { ...request, operation: 'embed' }, {}, 'payload.input', 'is required for operation "embed"'],
    [
      'a field that is no content',
      request,
      { messages: base.messages, tenant: SECRET },
      'payload.tenant',
      'is not a known field; remove it or correct its name',
    ],
    [
      'a field with a strange name',
      request,
      { messages: base.messages, 'a b': SECRET },
      'payload["a b"]',
      'is not a known field; remove it or correct its name',
    ],
    ['another claim check', request, { payload }, 'payload.payload', 'is not a known field; remove it or correct its name'],
    ['a wrong type', request, { messages: [user({ text: 1 })] }, 'payload.messages[0].content[0].text', 'must be of type string'],
    ['a forbidden key', request, JSON.parse('{"input":{"__proto__":1}}'), 'payload.input.__proto__', 'is not allowed as a key'],
    [
      'an assistant first',
      request,
      { messages: [{ role: 'assistant', content: [text('a')] }, user(text('b'))] },
      'payload.messages[0].role',
      'must be user: a conversation begins with the user',
    ],
  ])('refuses %s', (_, owner, content, path, message) => {
    expect(mergeContent(owner, content)).toEqual({ kind: 'invalid', problems: [{ path, message }] });
  });

  it('is as tolerant of a newer minor version as the request was', () => {
    expect(mergeContent({ ...request, schemaVersion: '1.7' }, { messages: base.messages, tone: SECRET })).toEqual({
      kind: 'valid',
      request: { schemaVersion: '1.7', id: 'a', labels: { b: 'c' }, messages: base.messages },
      notes: ['payload: tone is not known to this version and was ignored'],
    });
  });
});
