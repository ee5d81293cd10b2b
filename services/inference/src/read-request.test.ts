import { createHash } from 'node:crypto';
import { MAX_INLINE_BYTES, MAX_PAYLOAD_BYTES } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Delivery } from './delivery.ts';
import { type ReadPayload, type ReadRequest, readContent, readRequest } from './read-request.ts';
import { BUCKET, requestBody, START } from './testing/index.ts';

const DAY_MS = 86_400_000;
const content = { messages: [{ role: 'user', content: [{ text: 'Where is the Louvre?' }] }] };
const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function deliveryOf(body: unknown, stated: Partial<Delivery> = {}): Delivery {
  const strikes = { againstRequest: 0, total: 0, struckAt: 0 };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    messageId: 'message-2',
    origin: 'message-1',
    body: text,
    deferrals: 0,
    briefDeferrals: 0,
    attempts: 0,
    strikes,
    acceptedAt: START,
    ...stated,
  };
}

/** The request of a valid body. */
function readValid(body: unknown): ReadRequest {
  const read = readRequest(deliveryOf(body));
  if (read.kind !== 'request') throw new Error(`The body is not valid: ${JSON.stringify(read)}`);
  return read;
}

describe('a body that is no request is refused', () => {
  const byField = (field: string, value: unknown) => requestBody({ [field]: value } as object);
  const withText = (text: string) => requestBody({ messages: [{ role: 'user', content: [{ text }] }] });
  const rawMember = (member: string) => `{${member},${JSON.stringify(requestBody()).slice(1)}`;

  it.each<[string, unknown, string, string]>([
    ['nothing', '', 'malformed', ''],
    ['no JSON', '{"schemaVersion":', 'malformed', ''],
    ['text after the JSON', `${JSON.stringify(requestBody())}x`, 'malformed', ''],
    ['null', 'null', 'malformed', ''],
    ['an array', '[]', 'malformed', ''],
    ['a number', '7', 'malformed', ''],
    ['a text', '"What?"', 'malformed', ''],
    ['no version', byField('schemaVersion', undefined), 'malformed', 'schemaVersion'],
    ['a version that is a number', byField('schemaVersion', 1), 'malformed', 'schemaVersion'],
    ['an older major version', byField('schemaVersion', '0.9'), 'malformed', 'schemaVersion'],
    ['an unknown field', byField('mesages', []), 'malformed', 'mesages'],
    ['an unknown field within', requestBody({ inferenceConfig: { maxTokens: 5, topK: 3 } }), 'malformed', 'inferenceConfig.topK'],
    ['a key that reaches the prototype', rawMember('"__proto__":{"tenant":"other"}'), 'malformed', '__proto__'],
    ['no messages', byField('messages', undefined), 'malformed', 'messages'],
    ['empty messages', byField('messages', []), 'malformed', 'messages'],
    ['messages that are text', byField('messages', 'What?'), 'malformed', 'messages'],
    ['an empty text', withText(''), 'malformed', 'messages[0].content[0].text'],
    [
      'an answer as the last message',
      requestBody({ messages: [...content.messages, { role: 'assistant', content: [{ text: 'x' }] }] }),
      'malformed',
      'messages[1].role',
    ],
    ['a temperature over 1', requestBody({ inferenceConfig: { temperature: 1.1 } }), 'malformed', 'inferenceConfig.temperature'],
    ['no tokens at all', requestBody({ inferenceConfig: { maxTokens: 0 } }), 'malformed', 'inferenceConfig.maxTokens'],
    ['an id with a space', byField('id', 'in voice'), 'malformed', 'id'],
    ['an id that is a number', byField('id', 4711), 'malformed', 'id'],
    ['a tenant with a separator', byField('tenant', 'acme#other'), 'malformed', 'tenant'],
    ['a tenant that is a path', byField('tenant', '../acme'), 'malformed', 'tenant'],
    ['a priority nobody knows', byField('priority', 'urgent'), 'malformed', 'priority'],
    ['a deadline without offset', byField('deadline', '2026-09-22T00:00:00'), 'malformed', 'deadline'],
    ['a deadline that is a number', byField('deadline', START), 'malformed', 'deadline'],
    [
      'a deadline more than 12 days away',
      byField('deadline', new Date(START + 12 * DAY_MS + 1).toISOString()),
      'deadline-too-far',
      'deadline',
    ],
    ['more than 256 KiB', withText('x'.repeat(MAX_INLINE_BYTES)), 'too-large', ''],
    ['more than 256 KiB in few characters', withText('€'.repeat(MAX_INLINE_BYTES / 3)), 'too-large', ''],
    ['content beside a payload', requestBody({ payload: { key: 'payloads/default/x', sha256: sha256('') } }), 'malformed', 'messages'],
    [
      'a payload without digest',
      requestBody({ messages: undefined, payload: { key: 'payloads/default/x' } }),
      'malformed',
      'payload.sha256',
    ],
  ])('for %s', (_, body, reason, path) => {
    const read = readRequest(deliveryOf(body));
    expect(read).toMatchObject({ kind: 'refusal', reason });
    if (read.kind === 'refusal') expect(read.problems.map((problem) => problem.path)).toContain(path);
  });

  it('under the id and tenant that it gives, where they are well formed', () => {
    expect(readRequest(deliveryOf(requestBody({ tenant: 'acme', messages: [] })))).toMatchObject({ id: 'invoice-1', tenant: 'acme' });
    expect(readRequest(deliveryOf(requestBody({ id: 'a b', tenant: 'Acme' })))).not.toHaveProperty('id');
    expect(readRequest(deliveryOf(requestBody({ id: 'a b', tenant: 'Acme' })))).not.toHaveProperty('tenant');
    expect(readRequest(deliveryOf('null'))).not.toHaveProperty('id');
  });

  it('in words that do not repeat what it says', () => {
    const read = readRequest(deliveryOf(requestBody({ messages: [{ role: 'user', content: [{ text: 'c4n4ry', image: 'c4n4ry' }] }] })));
    expect(read).toMatchObject({ kind: 'refusal' });
    expect(JSON.stringify(read)).not.toContain('c4n4ry');
  });

  it('whatever JSON it is, and never with an exception', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map((value) => JSON.stringify({ ...requestBody(), id: value, messages: value })),
    );
    fc.assert(
      fc.property(anything, (body) => {
        expect(readRequest(deliveryOf(body))).toMatchObject({ kind: 'refusal' });
      }),
    );
  });
});

describe('a body of another version', () => {
  it('is read without the fields that only a newer minor knows', () => {
    const read = readValid({ ...requestBody({ schemaVersion: '1.9' }), mood: 'cheerful' });
    expect(read.notes).toEqual([expect.stringContaining('mood')]);
    expect(read.request).not.toHaveProperty('mood');
  });

  it('of a newer major is told apart from a malformed one, with the refusal for later', () => {
    expect(readRequest(deliveryOf({ schemaVersion: '2.0', id: 'invoice-1', anything: true }))).toMatchObject({
      kind: 'newer-major',
      version: '2.0',
      refusal: { reason: 'unsupported-version', id: 'invoice-1', problems: [{ path: 'schemaVersion' }] },
    });
  });
});

describe('a valid body', () => {
  it('has the id of its first message, the default tenant and a day, where it does not say', () => {
    const read = readValid(requestBody({ id: undefined }));
    expect(read).toMatchObject({ id: 'message-1', tenant: 'default', deadline: START + DAY_MS, notes: [] });
  });

  it('has what it says', () => {
    const deadline = new Date(START + 12 * DAY_MS).toISOString();
    expect(readValid(requestBody({ tenant: 'acme', deadline }))).toMatchObject({
      id: 'invoice-1',
      tenant: 'acme',
      deadline: START + 12 * DAY_MS,
    });
  });

  it('may have a deadline that has passed: whether it expired is not a matter of its form', () => {
    expect(readValid(requestBody({ deadline: new Date(START - 1).toISOString() })).deadline).toBe(START - 1);
  });

  it('keeps its deadline however late it is received: 12 days count from when it was accepted', () => {
    const deadline = new Date(START + 12 * DAY_MS).toISOString();
    const read = readRequest(deliveryOf(requestBody({ deadline }), { deferrals: 900 }));
    expect(read).toMatchObject({ kind: 'request', deadline: START + 12 * DAY_MS });
  });

  it('has a deadline that is a time, whatever form of ISO 8601 the contract takes', () => {
    const parts = fc.record({
      at: fc.date({ min: new Date('1990-01-01'), max: new Date(START + 10 * DAY_MS), noInvalidDate: true }),
      fraction: fc.stringMatching(/^(\.\d{1,9})?$/),
      offset: fc.stringMatching(/^(Z|[+-](0\d|1[0-4]):[0-5]\d)$/),
    });
    fc.assert(
      fc.property(parts, ({ at, fraction, offset }) => {
        const read = readRequest(deliveryOf(requestBody({ deadline: `${at.toISOString().slice(0, 19)}${fraction}${offset}` })));
        expect(read).toMatchObject({ kind: 'request', deadline: expect.any(Number) });
        if (read.kind === 'request') expect(new Date(read.deadline).toISOString()).toMatch(/Z$/);
      }),
    );
  });
});

describe('a claim check', () => {
  const bytes = Buffer.from(JSON.stringify(content));
  const check = { key: 'payloads/acme/content.json', sha256: sha256(bytes) };
  const readOf = (payload: object, stated: object = {}) =>
    readValid(requestBody({ tenant: 'acme', messages: undefined, payload, ...stated }));
  const giving =
    (object: Uint8Array | 'too-large' | undefined): ReadPayload =>
    async () =>
      object;

  it('is replaced by the content that it points at', async () => {
    const asked: unknown[] = [];
    const readPayload: ReadPayload = async (key, limits) => {
      asked.push([key, limits]);
      return bytes;
    };
    const read = await readContent({ read: readOf(check), bucket: BUCKET, readPayload });
    expect(read).toMatchObject({ kind: 'request', request: content });
    if (read.kind === 'request') expect(read.request).not.toHaveProperty('payload');
    expect(asked).toEqual([[check.key, { maxBytes: MAX_PAYLOAD_BYTES }]]);
  });

  it("may name the installation's own bucket", async () => {
    const read = await readContent({ read: readOf({ ...check, bucket: BUCKET }), bucket: BUCKET, readPayload: giving(bytes) });
    expect(read.kind).toBe('request');
  });

  it.each<[string, object]>([
    ['another bucket', { bucket: 'somebody-elses' }],
    ['another tenant', { key: 'payloads/other/content.json' }],
    ['a tenant that begins alike', { key: 'payloads/acme-2/content.json' }],
    ['another folder', { key: 'outputs/acme/content.json' }],
    ['the folder itself', { key: 'payloads/acme/' }],
    ['a leading slash', { key: '/payloads/acme/content.json' }],
    ['a way up', { key: 'payloads/acme/../other/content.json' }],
    ['a way up at the end', { key: 'payloads/acme/..' }],
    ['the same folder', { key: 'payloads/acme/./content.json' }],
    ['an empty part', { key: 'payloads/acme//content.json' }],
    ['an encoded slash', { key: 'payloads/acme/..%2fother%2Fcontent.json' }],
    ['an encoded backslash', { key: 'payloads/acme/..%5Cother' }],
    ['a backslash', { key: 'payloads/acme/..\\other' }],
    ['a control character', { key: 'payloads/acme/con\u0000tent' }],
    ['a delete character', { key: 'payloads/acme/con\u007ftent' }],
  ])('is refused for %s, and nothing is read', async (_, stated) => {
    const readPayload = async () => {
      throw new Error('read what is not its own');
    };
    const read = await readContent({ read: readOf({ ...check, ...stated }), bucket: BUCKET, readPayload });
    expect(read).toMatchObject({ kind: 'refusal', reason: 'payload-foreign', id: 'invoice-1', tenant: 'acme' });
  });

  const cut = bytes.subarray(0, -1);
  const broken = Buffer.from([0x22, 0xc3, 0x28, 0x22]);
  const noContent = Buffer.from('{"route":"default"}');
  it.each<[string, Uint8Array | 'too-large' | undefined, string, string, string]>([
    ['no object', undefined, check.sha256, 'payload-missing', 'payload.key'],
    ['an object over 20 MB', 'too-large', check.sha256, 'payload-too-large', 'payload'],
    ['a cut object', cut, check.sha256, 'payload-digest', 'payload.sha256'],
    ['broken UTF-8', broken, sha256(broken), 'payload-malformed', 'payload'],
    ['no JSON', cut, sha256(cut), 'payload-malformed', 'payload'],
    ['fields that are no content', noContent, sha256(noContent), 'payload-malformed', 'payload.route'],
  ])('is refused for %s', async (_, object, digest, reason, path) => {
    const read = await readContent({ read: readOf({ ...check, sha256: digest }), bucket: BUCKET, readPayload: giving(object) });
    expect(read).toMatchObject({ kind: 'refusal', reason, problems: [{ path }], id: 'invoice-1', tenant: 'acme' });
  });

  it('is refused for messages that no chat may have', async () => {
    const answer = Buffer.from(JSON.stringify({ messages: [{ role: 'assistant', content: [{ text: 'x' }] }] }));
    const read = await readContent({ read: readOf({ ...check, sha256: sha256(answer) }), bucket: BUCKET, readPayload: giving(answer) });
    expect(read).toMatchObject({
      kind: 'refusal',
      reason: 'payload-malformed',
      problems: [{ path: 'payload.messages[0].role' }, { path: 'payload.messages[0].role' }],
    });
  });

  it('notes what it ignored of a newer minor version', async () => {
    const newer = Buffer.from(JSON.stringify({ ...content, mood: 'cheerful' }));
    const read = readOf({ ...check, sha256: sha256(newer) }, { schemaVersion: '1.4' });
    expect(await readContent({ read, bucket: BUCKET, readPayload: giving(newer) })).toMatchObject({
      kind: 'request',
      notes: [expect.stringContaining('mood')],
    });
  });
});
