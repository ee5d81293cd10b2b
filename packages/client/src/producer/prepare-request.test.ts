import { createHash } from 'node:crypto';
import { InferenceRequest, MAX_INLINE_BYTES, mergeContent, parseInferenceRequest } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PreparedRequest, prepareRequest } from './prepare-request.ts';
import { testRequest } from './testing/test-ports.ts';

function prepared(request: unknown): PreparedRequest {
  const preparation = prepareRequest(request, { hasBucket: true });
  if (preparation.kind === 'invalid') throw new Error(JSON.stringify(preparation.problems));
  return preparation.prepared;
}

const LONG = 'x'.repeat(MAX_INLINE_BYTES);

describe('prepareRequest', () => {
  it('keeps the id that a request gives, and adds the version', () => {
    const { id, body } = prepared(testRequest('a', { id: 'invoice-1', labels: undefined }));
    expect(id).toBe('invoice-1');
    expect(JSON.parse(body)).toEqual({ schemaVersion: '1.0', ...testRequest('a'), id: 'invoice-1' });
  });

  it('gives the same id to the same request, whatever the order of its keys and whatever may change when it is sent again', () => {
    const request = { route: 'fast', inferenceConfig: { maxTokens: 5, topP: 1 }, ...testRequest('a') };
    const again = {
      ...testRequest('a', { deadline: '2030-01-01T00:00:00Z', priority: 'bulk', labels: { run: '2' } }),
      inferenceConfig: { topP: 1, maxTokens: 5 },
      route: 'fast',
    };
    expect(prepared(again).id).toBe(prepared(request).id);
  });

  it.each<[string, Record<string, unknown>]>([
    ['another text', testRequest('b')],
    ['another route', testRequest('a', { route: 'fast' })],
    ['another tenant', testRequest('a', { tenant: 'acme' })],
    ['another reply queue', testRequest('a', { reply: { queue: 'mine' } })],
  ])('gives another id to %s', (_, request) => {
    expect(prepared(request).id).not.toBe(prepared(testRequest('a')).id);
  });

  it.each<[string, unknown, RegExp]>([
    ['no object', 'a question', /^ must be a JSON object/],
    ['null', null, /must be a JSON object/],
    ['a list', [testRequest()], /must be a JSON object/],
    ['an unknown field', testRequest('a', { rout: 'x' }), /^rout is not a known field/],
    ['a newer minor version with a field this client does not know', testRequest('a', { schemaVersion: '1.9', mood: 'x' }), /mood/],
    ['a newer major version', testRequest('a', { schemaVersion: '2.0' }), /^schemaVersion "2.0" is newer/],
    ['a wrong priority', testRequest('a', { priority: 'urgent' }), /^priority must be one of: interactive, standard, bulk/],
    ['half an emoji', testRequest('\ud83d'), /lone surrogate/],
    ['more than a payload may hold', testRequest('x'.repeat(21 * 1024 * 1024)), /20971520/],
    ['too much outside the content', testRequest('a', { inferenceConfig: { stopSequences: [LONG] } }), /without its content/],
  ])('refuses %s, and says where', (_, request, message) => {
    const preparation = prepareRequest(request, { hasBucket: true });
    if (preparation.kind !== 'invalid') throw new Error('it was taken');
    expect(`${preparation.problems[0]?.path} ${preparation.problems[0]?.message}`).toMatch(message);
  });

  it('refuses what is too large for a message when it was given no bucket', () => {
    expect(prepareRequest(testRequest(LONG), { hasBucket: false })).toMatchObject({
      kind: 'invalid',
      problems: [{ message: expect.stringContaining('bucket') }],
    });
  });

  it('puts content above the limit behind a claim check, under the tenant and with its digest, and the whole is as it was', () => {
    const request = testRequest(LONG, { id: 'big', tenant: 'acme', labels: { a: 'b' }, system: [{ text: 'be brief' }] });
    const { body, bytes, payload, groupId } = prepared(request);
    if (!payload) throw new Error('it has no payload');
    const sha256 = createHash('sha256').update(payload.content).digest('hex');
    const sent = InferenceRequest.parse(JSON.parse(body));
    expect(sent.payload).toEqual({ key: `payloads/acme/${sha256}.json`, sha256 });
    expect(bytes).toBeLessThan(1_000);
    expect(groupId).toBe('acme');
    const merged = mergeContent(sent, JSON.parse(Buffer.from(payload.content).toString()));
    expect(merged).toMatchObject({ kind: 'valid', request: { ...request, schemaVersion: '1.0' } });
  });

  it('writes the two characters that SQS refuses in escapes', () => {
    const { body } = prepared(testRequest('a\uffff\ufffeb'));
    expect(body).not.toMatch(/[\ufffe\uffff]/);
    expect(JSON.parse(body).messages).toEqual(testRequest('a\uffff\ufffeb').messages);
  });

  it('prepares what the worker accepts, of the size it says, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'binary', minLength: 1 }), (text, other) => {
        const { body, bytes } = prepared(testRequest(text, { system: [{ text: other.toWellFormed() }] }));
        expect(bytes).toBe(Buffer.byteLength(body));
        expect(parseInferenceRequest(JSON.parse(body)).kind).toBe('valid');
      }),
      { numRuns: 30 },
    );
  });

  it('goes by the API without a tenant, and with room for the one that the gateway writes', () => {
    const byGateway = (request: unknown) => prepareRequest(request, { hasBucket: true, way: 'gateway' });
    expect(byGateway(testRequest('a', { tenant: 'acme' }))).toMatchObject({ kind: 'invalid', problems: [{ path: 'tenant' }] });
    const around = prepared(testRequest('x', { id: 'a' })).bytes - 1;
    const fits = testRequest('x'.repeat(MAX_INLINE_BYTES - 128 - around), { id: 'a' });
    const over = testRequest('x'.repeat(MAX_INLINE_BYTES - 127 - around), { id: 'a' });
    expect(byGateway(fits)).toMatchObject({ kind: 'prepared', prepared: { bytes: MAX_INLINE_BYTES - 128 } });
    expect(byGateway(over)).toMatchObject({ prepared: { payload: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } } });
    expect(prepared(over).payload).toBeUndefined();
  });
});
