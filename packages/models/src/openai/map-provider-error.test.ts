import { OutcomeKind } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapProviderError } from './map-provider-error.ts';

const now = Date.parse('2026-11-20T10:00:00Z');
const map = (status: number | undefined, body: unknown, headers: Record<string, string> = {}) =>
  mapProviderError({ status, headers, body, now });
const error = (message: string, type?: string, code?: string | number | null) => ({ error: { message, type, code } });

describe('a request that does not fit the context is too long, whoever says it', () => {
  it.each([
    [
      400,
      error(
        "This model's maximum context length is 8192 tokens. However, you requested 9000.",
        'invalid_request_error',
        'context_length_exceeded',
      ),
    ],
    [400, error('anything', 'invalid_request_error', 'context_length_exceeded')],
    [400, { object: 'error', message: "This model's maximum context length is 4096 tokens.", type: 'BadRequestError', code: 400 }],
    [400, error('The decoder prompt (length 5000) is longer than the maximum model length of 4096.', 'BadRequestError', 400)],
    [400, error("You passed 5001 input tokens. However, the model's context length is only 4096 tokens", 'BadRequestError', 400)],
    [400, error('the request exceeds the available context size. try increasing it', 'exceed_context_size_error', 400)],
    [500, error('too big', 'exceed_context_size_error', 500)],
    [400, error("The input (9000 tokens) is longer than the model's context length (8192 tokens).")],
    [422, { error: '`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000', error_type: 'validation' }],
    [400, error('prompt is too long: 208310 tokens > 200000 maximum', 'invalid_request_error')],
    [400, error('Please reduce the length of the messages or completion.', 'invalid_request_error')],
    [413, error('Prompt contains 40000 tokens, too large for model with 32768 maximum context length')],
    [400, error('The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).', 'INVALID_ARGUMENT', 400)],
  ])('%i %j', (status, body) => {
    expect(map(status, body)).toMatchObject({ outcome: 'too-long', status, providerMessage: expect.any(String) });
  });
});

describe('an error is mapped', () => {
  it.each([
    [
      'a content filter',
      400,
      error('filtered', undefined, 'content_filter'),
      { outcome: 'refused', error: 'content_filter', providerMessage: 'filtered' },
    ],
    ['a content policy', 400, error('no', 'invalid_request_error', 'content_policy_violation'), { outcome: 'refused' }],
    [
      'an inner code',
      400,
      { error: { message: 'no', code: null, innererror: { code: 'ResponsibleAIPolicyViolation' } } },
      { outcome: 'refused', error: 'ResponsibleAIPolicyViolation' },
    ],
    [
      'an invalid request',
      400,
      error('Unknown parameter: foo', 'invalid_request_error', null),
      { outcome: 'rejected', providerMessage: 'Unknown parameter: foo' },
    ],
    [
      'an unknown model as a bad request',
      400,
      error('no such model', 'invalid_request_error', 'model_not_found'),
      { outcome: 'misconfigured' },
    ],
    [
      'a wrong key',
      401,
      error('Incorrect API key provided: sk-x', 'invalid_request_error', 'invalid_api_key'),
      { outcome: 'misconfigured', error: 'invalid_api_key' },
    ],
    ['no money', 402, error('Insufficient Balance'), { outcome: 'misconfigured' }],
    ['no permission', 403, {}, { outcome: 'misconfigured', error: 'Http403' }],
    ['an unknown model', 404, { error: "model 'llama' not found" }, { outcome: 'misconfigured', error: 'Http404' }],
    ['an unknown path', 404, { detail: 'Not Found' }, { outcome: 'misconfigured' }],
    ['a method that is not allowed', 405, undefined, { outcome: 'misconfigured' }],
    ['a redirect', 308, '', { outcome: 'misconfigured', error: 'Http308' }],
    ['a timeout', 408, {}, { outcome: 'timed-out' }],
    ['a conflict', 409, error('lock', 'conflict'), { outcome: 'faulted', isTransient: true }],
    ['a body that is too large', 413, '<html>413</html>', { outcome: 'rejected', error: 'Http413' }],
    ['a body that says too much a minute', 413, error('Request too large', 'tokens', 'rate_limit_exceeded'), { outcome: 'throttled' }],
    [
      'what FastAPI does not accept',
      422,
      { detail: [{ msg: 'Field required', loc: ['body'] }] },
      { outcome: 'rejected', providerMessage: 'Field required' },
    ],
    ['a failed dependency', 424, {}, { outcome: 'model-error' }],
    ['a rate limit', 429, error('slow', 'requests', 'rate_limit_exceeded'), { outcome: 'throttled', error: 'rate_limit_exceeded' }],
    [
      'a quota that is used up',
      429,
      error('pay', 'insufficient_quota', 'insufficient_quota'),
      { outcome: 'throttled', error: 'insufficient_quota' },
    ],
    ['a rate limit without words', 429, '', { outcome: 'throttled', error: 'Http429' }],
    ['an internal error', 500, error('boom', 'server_error', null), { outcome: 'faulted', error: 'server_error', isTransient: true }],
    ['not implemented', 501, {}, { outcome: 'faulted', isTransient: false }],
    ['a bad gateway', 502, '<html>', { outcome: 'faulted', error: 'Http502', isTransient: true }],
    ['no service', 503, {}, { outcome: 'faulted', isTransient: true }],
    ['a model that loads', 503, error('Loading model', 'unavailable_error', 503), { outcome: 'not-ready' }],
    [
      'a model that loads, in other words',
      503,
      { error: 'Model org/x is currently loading', estimated_time: 20 },
      { outcome: 'not-ready' },
    ],
    ['a gateway timeout', 504, '', { outcome: 'faulted', isTransient: true }],
    ['a proxy without its server', 521, '', { outcome: 'faulted', isTransient: true }],
    ['an overload', 529, error('Overloaded', 'overloaded_error'), { outcome: 'faulted', error: 'overloaded_error', isTransient: true }],
    [
      'within a stream, by its numeric code',
      undefined,
      error('boom', undefined, 502),
      { outcome: 'faulted', status: 502, isTransient: true },
    ],
    ['within a stream, a rate limit', undefined, error('slow', undefined, 429), { outcome: 'throttled', status: 429 }],
    ['within a stream, a bad request', undefined, error('no', 'invalid_request_error', null), { outcome: 'rejected' }],
    ['within a stream, no more than words', undefined, 'boom', { outcome: 'faulted', error: 'UnknownError', isTransient: true }],
    ['with a 200', 200, error('boom', 'server_error', null), { outcome: 'faulted', status: 200 }],
  ])('%s', (_name, status, body, expected) => {
    expect(map(status, body)).toMatchObject(expected);
  });

  it('whatever it is, to an outcome that the contract knows, without its text but for the caller', () => {
    const body = fc.oneof(
      fc.anything(),
      fc.record({ error: fc.record({ message: fc.constant('secret-prompt-text'), code: fc.anything(), type: fc.anything() }) }),
    );
    fc.assert(
      fc.property(fc.option(fc.integer({ min: 100, max: 599 }), { nil: undefined }), body, (status, said) => {
        const { providerMessage, ...rest } = map(status, said);
        expect(OutcomeKind.options).toContain(rest.outcome);
        expect(JSON.parse(JSON.stringify(rest))).toEqual(rest);
        expect(JSON.stringify(rest)).not.toContain('secret-prompt-text');
        if (providerMessage !== undefined) expect(['refused', 'rejected', 'too-long']).toContain(rest.outcome);
      }),
    );
  });

  it('with no code that does not look like one', () => {
    expect(map(400, error('x', 'Tell me about <b>'))).toMatchObject({ error: 'Http400' });
  });
});

describe('the time to wait is read', () => {
  it.each([
    [{ 'retry-after': '3' }, 3000],
    [{ 'retry-after': 'Fri, 20 Nov 2026 10:00:05 GMT' }, 5000],
    [{ 'retry-after-ms': '250', 'retry-after': '1' }, 250],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
  ])('%j', (headers, expected) => {
    expect(map(429, '', headers).retryAfterMs).toBe(expected);
    expect(map(503, '', headers).retryAfterMs).toBe(expected);
    expect(map(400, '', headers).retryAfterMs).toBeUndefined();
  });
});
