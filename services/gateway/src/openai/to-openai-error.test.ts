import { type Attempt, ErrorBody } from '@signalbox/contracts';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { clientOf } from './testing/client-of.ts';
import { toOpenAiError } from './to-openai-error.ts';

const failure = { code: 'some_code', message: 'What to do.', requestId: 'r1' };
const attempt: Attempt = {
  attemptId: 'r1#1',
  target: 'nova-lite',
  model: 'amazon.nova-lite-v1:0',
  region: 'us-east-1',
  startedAt: 1_790_000_000_000,
  durationMs: 812.6,
  outcome: 'throttled',
  error: 'ThrottlingException',
  status: 429,
  retryAfterMs: 2_000,
  usage: { inputTokens: 1, outputTokens: 0 },
  probability: 1,
  firstDraw: true,
};

async function thrownTo(status: number): Promise<unknown> {
  const client = clientOf(() => Response.json(toOpenAiError({ ...failure, status }), { status }));
  return client.chat.completions.create({ model: 'x', messages: [] }).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('an error', () => {
  it.each([
    [400, 'invalid_request_error', OpenAI.BadRequestError],
    [401, 'authentication_error', OpenAI.AuthenticationError],
    [403, 'permission_error', OpenAI.PermissionDeniedError],
    [404, 'not_found_error', OpenAI.NotFoundError],
    [409, 'invalid_request_error', OpenAI.ConflictError],
    [413, 'invalid_request_error', OpenAI.APIError],
    [429, 'rate_limit_error', OpenAI.RateLimitError],
    [500, 'server_error', OpenAI.InternalServerError],
    [503, 'server_error', OpenAI.InternalServerError],
    [504, 'server_error', OpenAI.InternalServerError],
  ])('of status %i is a %s, and to OpenAI’s client of the class for it', async (status, type, errorClass) => {
    const error = await thrownTo(status);
    expect(error).toBeInstanceOf(errorClass);
    expect(error).toMatchObject({ status, type, code: 'some_code', param: null, error: { request_id: 'r1', message: 'What to do.' } });
  });

  it('names its parameter', () => {
    expect(toOpenAiError({ ...failure, status: 400, param: 'messages[0].role' }).error.param).toBe('messages[0].role');
  });

  it('lists the attempts by what they came to, and nothing else of them', () => {
    const silent: Attempt = {
      ...attempt,
      target: 'nova-micro',
      outcome: 'timed-out',
      durationMs: 10_000,
      error: undefined,
      status: undefined,
    };
    const body = toOpenAiError({ ...failure, status: 503, attempts: [attempt, silent] });
    expect(ErrorBody.parse(body)).toEqual(body);
    expect(body.error.attempts).toEqual([
      { target: 'nova-lite', outcome: 'throttled', error: 'ThrottlingException', status: 429, durationMs: 813 },
      { target: 'nova-micro', outcome: 'timed-out', durationMs: 10_000 },
    ]);
  });

  it('has no list where nothing was tried', () => {
    expect(toOpenAiError({ ...failure, status: 404, attempts: [] }).error).not.toHaveProperty('attempts');
  });
});
