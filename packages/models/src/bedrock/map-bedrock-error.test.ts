import { OutcomeKind } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapBedrockError } from './map-bedrock-error.ts';

const now = Date.parse('2026-11-20T10:00:00Z');
const map = (error: unknown) => mapBedrockError({ error, now });

/** An error as the SDK throws it. */
function sdkError(name: string, status: number | undefined, more: object = {}): Error {
  const metadata = status === undefined ? {} : { $metadata: { httpStatusCode: status } };
  return Object.assign(new Error('text that quotes the prompt'), { name, ...metadata, ...more });
}

function networkError(code: string, more: object = {}): Error {
  return Object.assign(new Error(`connect ${code}`), { code, ...more });
}

describe('an error of the provider', () => {
  it.each([
    ['ThrottlingException', 429, 'throttled'],
    ['ThrottlingException', 400, 'throttled'],
    ['TooManyRequestsException', 429, 'throttled'],
    ['ServiceQuotaExceededException', 400, 'throttled'],
    ['ModelNotReadyException', 429, 'not-ready'],
    ['ModelTimeoutException', 408, 'timed-out'],
    ['ModelErrorException', 424, 'model-error'],
    ['ModelStreamErrorException', 424, 'model-error'],
    ['ValidationException', 400, 'rejected'],
    ['ConflictException', 400, 'rejected'],
    ['AccessDeniedException', 403, 'misconfigured'],
    ['ResourceNotFoundException', 404, 'misconfigured'],
    ['FTUFormNotFilled', 404, 'misconfigured'],
    ['UnrecognizedClientException', 403, 'misconfigured'],
    ['InvalidSignatureException', 403, 'misconfigured'],
    ['ExpiredTokenException', 403, 'misconfigured'],
    ['MissingAuthenticationTokenException', 403, 'misconfigured'],
    ['RequestExpired', 400, 'misconfigured'],
  ])('%s %i is %s', (name, status, outcome) => {
    const got = map(sdkError(name, status));
    expect(got).toMatchObject({ outcome, error: name, status });
    expect(got.isTransient).toBeUndefined();
    expect(got.message).toMatch(new RegExp(`^${name} \\(HTTP ${status}\\): .+\\.$`));
  });

  it.each([
    ['ServiceUnavailableException', 503, true],
    ['InternalServerException', 500, true],
    ['InternalFailure', 500, true],
    ['ServiceUnavailableException', undefined, true],
    ['InternalServerException', undefined, true],
  ])('%s %s is a fault, transient %s', (name, status, isTransient) => {
    expect(map(sdkError(name, status))).toMatchObject({ outcome: 'faulted', error: name, isTransient });
  });

  it.each([
    ['SomethingNew', 400, 'rejected'],
    ['SomethingNew', 401, 'misconfigured'],
    ['SomethingNew', 403, 'misconfigured'],
    ['SomethingNew', 404, 'misconfigured'],
    ['SomethingNew', 408, 'timed-out'],
    ['SomethingNew', 413, 'rejected'],
    ['SomethingNew', 418, 'rejected'],
    ['SomethingNew', 424, 'model-error'],
    ['SomethingNew', 429, 'throttled'],
    ['SomethingNew', 500, 'faulted'],
    ['SomethingNew', 501, 'faulted'],
    ['SomethingNew', 504, 'faulted'],
    ['SomethingNew', 530, 'faulted'],
    ['SomethingNew', 302, 'faulted'],
  ])('with an unknown name, %s %i is %s by its status', (name, status, outcome) => {
    expect(map(sdkError(name, status))).toMatchObject({ outcome, error: name, status });
  });

  it.each([
    [500, true],
    [501, false],
    [502, true],
    [503, true],
    [504, true],
    [505, false],
    [530, false],
  ])('%i is transient: %s', (status, isTransient) => {
    expect(map(sdkError('SomethingNew', status))).toMatchObject({ outcome: 'faulted', isTransient });
  });

  it('ignores $fault, which calls a throttle and a model failure the client’s', () => {
    expect(map(sdkError('ModelErrorException', 424, { $fault: 'client' })).outcome).toBe('model-error');
    expect(map(sdkError('SomethingNew', 503, { $fault: 'client' })).outcome).toBe('faulted');
  });

  it.each([
    ['com.amazonaws.bedrock#ThrottlingException', 'ThrottlingException'],
    ['ThrottlingException:http://internal.amazon.com/', 'ThrottlingException'],
    ['throttlingException', 'ThrottlingException'],
  ])('spelt %s is %s', (name, error) => {
    expect(map(sdkError(name, 429))).toMatchObject({ outcome: 'throttled', error });
  });

  it('keeps the status that a model error wraps, be it the caller’s or the model’s', () => {
    expect(map(sdkError('ModelErrorException', 424, { originalStatusCode: 400 }))).toMatchObject({
      outcome: 'model-error',
      originalStatus: 400,
    });
    expect(map(sdkError('ModelErrorException', 424, { originalStatusCode: 503 }))).toMatchObject({
      outcome: 'model-error',
      originalStatus: 503,
    });
    expect(map(sdkError('ModelError', 424, { OriginalStatusCode: 400 }))).toMatchObject({ outcome: 'model-error', originalStatus: 400 });
  });

  it('says when to come back, if it is a reason to come back', () => {
    const response = { $response: { statusCode: 429, headers: { 'retry-after': '3' } } };
    expect(map(sdkError('ThrottlingException', 429, response)).retryAfterMs).toBe(3000);
    expect(map(sdkError('ModelNotReadyException', 429, response)).retryAfterMs).toBe(3000);
    expect(map(sdkError('ServiceUnavailableException', 503, response)).retryAfterMs).toBe(3000);
    expect(map(sdkError('ValidationException', 400, response))).not.toHaveProperty('retryAfterMs');
  });

  it.each([
    ['Input is too long for requested model.', 'too-long'],
    ['Invocation of model ID x with on-demand throughput isn’t supported.', 'misconfigured'],
    ['Output blocked by content filtering policy', 'refused'],
    ['messages: roles must alternate', 'rejected'],
  ])('ValidationException "%s" is %s', (message, outcome) => {
    expect(map(sdkError('ValidationException', 400, { message }))).toMatchObject({ outcome, error: 'ValidationException' });
  });
});

describe('an error of the connection', () => {
  it.each([
    ['ECONNRESET', true],
    ['ECONNREFUSED', true],
    ['EPIPE', true],
    ['ETIMEDOUT', true],
    ['EHOSTUNREACH', true],
    ['EAI_AGAIN', true],
    ['ENOTFOUND', false],
    ['CERT_HAS_EXPIRED', false],
    ['HPE_INVALID_CONSTANT', false],
  ])('%s before a reply is a fault, transient %s', (code, isTransient) => {
    expect(map(networkError(code))).toMatchObject({ outcome: 'faulted', error: code, isTransient });
  });

  it('is seen through a wrapper', () => {
    expect(map(new Error('request failed', { cause: networkError('ECONNREFUSED') }))).toMatchObject({
      outcome: 'faulted',
      error: 'ECONNREFUSED',
    });
  });

  it('that keeps a connection from standing is a fault', () => {
    expect(map(sdkError('TimeoutError', undefined))).toMatchObject({ outcome: 'faulted', error: 'ConnectTimeout', isTransient: true });
  });

  it('after the reply began is a cut answer', () => {
    expect(map(networkError('ECONNRESET', { $metadata: { httpStatusCode: 200 } }))).toMatchObject({
      outcome: 'malformed',
      error: 'CutAnswer',
    });
    expect(mapBedrockError({ error: networkError('ECONNRESET'), now, hasBegun: true })).toMatchObject({
      outcome: 'malformed',
      error: 'CutAnswer',
    });
  });

  it('within the body of an error is that error', () => {
    expect(map(networkError('ECONNRESET', { $metadata: { httpStatusCode: 503 } }))).toMatchObject({ outcome: 'faulted', status: 503 });
  });
});

describe('a thing that is no error of the provider', () => {
  it.each([
    ['a body that cannot be read', sdkError('SyntaxError', 200), { outcome: 'malformed', error: 'UnparseableAnswer' }],
    ['a body of another shape', sdkError('TypeError', 200), { outcome: 'malformed', error: 'UnparseableAnswer' }],
    ['an HTML error page', sdkError('SyntaxError', 502), { outcome: 'faulted', error: 'Http502', isTransient: true }],
    ['an HTML refusal', sdkError('SyntaxError', 400), { outcome: 'rejected', error: 'Http400' }],
    ['an abort', sdkError('AbortError', undefined), { outcome: 'cancelled', error: 'Cancelled' }],
    [
      'missing credentials',
      sdkError('CredentialsProviderError', undefined),
      { outcome: 'misconfigured', error: 'CredentialsProviderError' },
    ],
    ['a bug', new TypeError('x is not a function'), { outcome: 'faulted', error: 'UnknownError', isTransient: false }],
    ['a string', 'boom', { outcome: 'faulted', error: 'UnknownError' }],
    ['nothing', undefined, { outcome: 'faulted', error: 'UnknownError' }],
  ])('%s is mapped', (_name, error, expected) => {
    expect(map(error)).toMatchObject(expected);
  });

  it('never lets a name through that is no code', () => {
    const got = map(sdkError('Tell me about the prompt <script>', 400));
    expect(got).toMatchObject({ outcome: 'rejected', error: 'Http400' });
    expect(JSON.stringify({ ...got, providerMessage: undefined })).not.toContain('prompt');
  });

  it('is mapped whatever it is, to an outcome that the contract knows', () => {
    fc.assert(
      fc.property(fc.anything(), fc.boolean(), (error, hasBegun) => {
        const got = mapBedrockError({ error, now, hasBegun });
        expect(OutcomeKind.options).toContain(got.outcome);
        expect(JSON.parse(JSON.stringify(got))).toEqual(got);
      }),
    );
  });

  it('with any fields of any kind is mapped, and its text goes nowhere but to the caller', () => {
    const thrown = fc.record({
      name: fc.anything(),
      code: fc.anything(),
      $metadata: fc.anything(),
      $response: fc.anything(),
      originalStatusCode: fc.anything(),
    });
    fc.assert(
      fc.property(thrown, (fields) => {
        const got = map({ ...fields, message: 'secret-prompt-text' });
        expect(JSON.stringify({ ...got, providerMessage: undefined })).not.toContain('secret-prompt-text');
      }),
    );
  });
});
