import { MAX_INLINE_BYTES } from '@signalbox/contracts';
import { inferenceRequest } from '@signalbox/contracts/samples';
import { requestHash } from '@signalbox/runtime';
import { HttpError } from '@signalbox/runtime/errors';
import { describe, expect, it } from 'vitest';
import { prepareRequest } from './prepare-request.ts';

const NOW = Date.parse('2026-09-21T15:33:20.000Z');
const DAY_MS = 86_400_000;

function prepare(body: unknown, more: { idempotencyKey?: string; tenant?: string; scopes?: string[] } = {}) {
  return prepareRequest({ body, tenant: 'acme', scopes: ['*'], newId: () => 'new-id', bucket: 'data', now: NOW, ...more });
}

function refusalOf(body: unknown, more?: { idempotencyKey?: string; scopes?: string[] }): unknown {
  try {
    return prepare(body, more);
  } catch (error) {
    if (error instanceof HttpError) return error;
    throw error;
  }
}

it.each([
  [['route:default'], 'default'],
  [['route:*'], 'extract'],
  [['model:default', 'route:extract'], undefined],
])('a key with the scopes %j may ask by the route %s only if they cover it', (scopes, route) => {
  const body = { ...inferenceRequest, route };
  if (route === undefined)
    expect(refusalOf(body, { scopes })).toMatchObject({ status: 403, code: 'model_not_allowed', parameter: 'route' });
  else expect(prepare(body, { scopes }).record.route).toBe(route);
});

const anonymous = { ...inferenceRequest, id: undefined };

describe('a request', () => {
  it('becomes the message of its tenant, whose hash is the one that the worker will make of it', () => {
    const { message, record } = prepare(inferenceRequest);
    const body = JSON.parse(message);
    expect(body).toEqual({ ...inferenceRequest, tenant: 'acme' });
    expect(record).toEqual({
      tenant: 'acme',
      id: 'invoice-4711',
      hash: requestHash(body),
      deadline: NOW + DAY_MS,
      acceptedAt: NOW,
      route: 'default',
      priority: 'standard',
      labels: { campaign: 'spring' },
    });
  });

  it.each([
    ['its own', inferenceRequest, undefined, 'invoice-4711'],
    ['the key', anonymous, 'key-1', 'key-1'],
    ['both, when they are the same', inferenceRequest, 'invoice-4711', 'invoice-4711'],
    ['a new one', anonymous, undefined, 'new-id'],
  ])('has for its id %s', (_what, body, idempotencyKey, id) => {
    const { record, message } = prepare(body, idempotencyKey === undefined ? {} : { idempotencyKey });
    expect([record.id, JSON.parse(message).id]).toEqual([id, id]);
  });

  it('keeps its deadline and its priority', () => {
    const { record } = prepare({ ...inferenceRequest, deadline: '2026-09-22T00:00:00+02:00', priority: 'bulk', route: 'extract' });
    expect(record).toMatchObject({ deadline: Date.parse('2026-09-21T22:00:00Z'), priority: 'bulk', route: 'extract' });
  });

  it('has the same hash when only deadline, priority and labels differ, and another in any other case', () => {
    const { hash } = prepare(inferenceRequest).record;
    expect(prepare({ ...inferenceRequest, deadline: '2026-09-22T00:00:00Z', priority: 'bulk', labels: {} }).record.hash).toBe(hash);
    expect(prepare({ ...inferenceRequest, route: 'extract' }).record.hash).not.toBe(hash);
    expect(prepare(inferenceRequest, { tenant: 'other' }).record.hash).not.toBe(hash);
  });

  it('of a newer minor version goes on whole, for the worker to note', () => {
    const { message } = prepare({ ...inferenceRequest, schemaVersion: '1.9', mood: 'good' });
    expect(JSON.parse(message)).toMatchObject({ schemaVersion: '1.9', mood: 'good' });
  });

  it('says in escapes what SQS would not take, and means the same', () => {
    const body = { ...inferenceRequest, messages: [{ role: 'user', content: [{ text: 'a\uffff\ufffe\u0000b' }] }] };
    const { message } = prepare(body);
    expect([...message].filter((character) => character < ' ' || character >= '\ufffe')).toEqual([]);
    expect(JSON.parse(message).messages).toEqual(body.messages);
  });
});

describe('a refusal', () => {
  it.each([
    ['a tenant', { ...inferenceRequest, tenant: 'other' }, 400, 'invalid_request', 'tenant'],
    ['its own tenant', { ...inferenceRequest, tenant: 'acme' }, 400, 'invalid_request', 'tenant'],
    ['an unknown field', { ...inferenceRequest, temperature: 1 }, 400, 'invalid_request', 'temperature'],
    [
      'a wrong role',
      { ...inferenceRequest, messages: [{ role: 'system', content: [{ text: 'x' }] }] },
      400,
      'invalid_request',
      'messages[0].role',
    ],
    ['no version', { ...inferenceRequest, schemaVersion: undefined }, 400, 'invalid_request', 'schemaVersion'],
    ['a newer major version', { ...inferenceRequest, schemaVersion: '2.0' }, 400, 'unsupported_version', 'schemaVersion'],
    ['an id with a space', { ...inferenceRequest, id: 'a b' }, 400, 'invalid_request', 'id'],
    ['a far deadline', { ...inferenceRequest, deadline: '2026-10-03T15:33:20.001Z' }, 400, 'deadline_too_far', 'deadline'],
    ['a foreign payload', { schemaVersion: '1.0', payload: payload('payloads/other/1') }, 400, 'payload_foreign', 'payload.key'],
    [
      'a payload in another bucket',
      { schemaVersion: '1.0', payload: { ...payload('payloads/acme/1'), bucket: 'b' } },
      400,
      'payload_foreign',
      'payload.key',
    ],
    ['a list', [], 400, 'invalid_request', undefined],
    ['nothing', null, 400, 'invalid_request', undefined],
    ['a text', 'x', 400, 'invalid_request', undefined],
  ])('of a body with %s names the field', (_what, body, status, code, parameter) => {
    expect(refusalOf(JSON.parse(JSON.stringify(body)))).toMatchObject({ status, code, parameter });
  });

  it('says every problem up to five, and how many more there are, and quotes no value', () => {
    const messages = Array.from({ length: 8 }, () => ({ role: 'SECRET', content: [{ text: 'SECRET' }] }));
    const { message } = refusalOf({ ...inferenceRequest, messages }) as HttpError;
    expect(message).toMatch(/^messages\[0\]\.role must be one of: user, assistant; .*; and 3 more\.$/);
    expect(message).not.toContain('SECRET');
  });

  it('of an id beside another key says that they differ', () => {
    expect(refusalOf(inferenceRequest, { idempotencyKey: 'key-1' })).toMatchObject({
      status: 400,
      code: 'idempotency_key_mismatch',
      parameter: 'id',
    });
  });

  it('of an id that is a path of the API says so, from the body or the header', () => {
    const { id: _id, ...anonymous } = inferenceRequest;
    for (const refused of [refusalOf({ ...anonymous, id: 'batch' }), refusalOf(anonymous, { idempotencyKey: 'batch' })])
      expect(refused).toMatchObject({
        status: 400,
        code: 'invalid_id',
        parameter: 'id',
        message: expect.stringContaining('choose another'),
      });
  });

  it('of a message above the limit, which counts what the gateway adds, points to uploads', () => {
    const sizeOf = (length: number) => ({ ...inferenceRequest, messages: [{ role: 'user', content: [{ text: 'x'.repeat(length) }] }] });
    const room = MAX_INLINE_BYTES + 1 - Buffer.byteLength(prepare(sizeOf(1)).message);
    expect(Buffer.byteLength(prepare(sizeOf(room)).message)).toBe(MAX_INLINE_BYTES);
    expect(refusalOf(sizeOf(room + 1))).toMatchObject({
      status: 413,
      code: 'request_too_large',
      message: expect.stringContaining('POST /v1/uploads'),
    });
  });
});

function payload(key: string) {
  return { key, sha256: '0'.repeat(64) };
}
