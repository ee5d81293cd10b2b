import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { awsError, json, type Provider, startProvider } from '../__fixtures__/start-provider.ts';
import { createGuard } from './create-guard.ts';

const guardrail = { id: 'gr-1', version: '3', region: 'us-east-1', applies: 'both' as const };
const signal = new AbortController().signal;
const none = json(200, { action: 'NONE', outputs: [], assessments: [], usage: {} });
const blocked = json(200, {
  action: 'GUARDRAIL_INTERVENED',
  outputs: [{ text: 'Sorry.' }],
  assessments: [
    {
      topicPolicy: { topics: [{ name: 'weapons', type: 'DENY', action: 'BLOCKED' }] },
      contentPolicy: { filters: [{ type: 'HATE', confidence: 'HIGH', action: 'NONE' }] },
      wordPolicy: { customWords: [{ match: 'a secret word', action: 'BLOCKED' }], managedWordLists: [] },
      sensitiveInformationPolicy: { piiEntities: [{ type: 'EMAIL', match: 'a@b.c', action: 'ANONYMIZED' }], regexes: [] },
    },
  ],
});

describe('a guardrail', () => {
  let provider: Provider;
  beforeEach(async () => {
    provider = await startProvider();
    vi.stubEnv('AWS_ENDPOINT_URL', provider.url);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await provider.stop();
  });

  const ask = (stated: { texts?: string[]; source?: 'input' | 'output'; signal?: AbortSignal; timeoutMs?: number } = {}) => {
    const { timeoutMs = 5_000, ...question } = stated;
    return createGuard({ timeoutMs })({ guardrail, source: 'input', texts: ['one', 'two'], signal, ...question });
  };

  it.each([
    ['input', 'INPUT'],
    ['output', 'OUTPUT'],
  ] as const)('is asked about the %s', async (source, expected) => {
    provider.answer(none);
    expect(await ask({ source })).toEqual({ kind: 'passed' });
    expect(provider.requests[0]).toMatchObject({
      url: '/guardrail/gr-1/version/3/apply',
      body: { source: expected, content: [{ text: { text: 'one\ntwo' } }] },
    });
  });

  it('tells which of its policies blocked, and not what they matched', async () => {
    provider.answer(blocked);
    expect(await ask()).toEqual({ kind: 'blocked', reasons: ['topic: weapons', 'word', 'personal data: EMAIL'] });
  });

  it('is asked about long text in parts that overlap, until one is blocked', async () => {
    provider.answer((response, request) => (request.count < 3 ? none : blocked)(response, request));
    expect(await ask({ texts: ['x'.repeat(70_000)] })).toMatchObject({ kind: 'blocked' });
    const parts = provider.requests.map(({ body }) => (body as { content: [{ text: { text: string } }] }).content[0].text.text.length);
    expect(parts).toEqual([20_000, 20_000, 20_000]);
  });

  it.each([
    [awsError(429, 'ThrottlingException'), 'ThrottlingException'],
    [awsError(403, 'AccessDeniedException'), 'AccessDeniedException'],
    [awsError(500, 'InternalServerException'), 'InternalServerException'],
    [json(200, { action: 'SOMETHING_NEW' }), 'UnknownGuardrailAction'],
  ])('that cannot say is never taken for a pass', async (reply, error) => {
    provider.answer(reply);
    expect(await ask()).toEqual({ kind: 'unknown', error });
  });

  it('that is silent is left after its time', async () => {
    provider.answer(() => undefined);
    expect(await ask({ timeoutMs: 50 })).toEqual({ kind: 'unknown', error: 'GuardrailTimeout' });
  });

  it('is left when the caller leaves', async () => {
    provider.answer(() => undefined);
    const caller = new AbortController();
    const asked = ask({ signal: caller.signal });
    setTimeout(() => caller.abort(), 20);
    expect(await asked).toMatchObject({ kind: 'unknown' });
  });
});
