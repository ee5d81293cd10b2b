import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HttpError, UnavailableError } from './errors.ts';
import { describeError } from './telemetry.ts';

const PROMPT = 'tell me about the merger of Acme and Globex';

function awsError(message = PROMPT): DynamoDBServiceException {
  return new DynamoDBServiceException({
    name: 'ValidationException',
    $fault: 'client',
    message,
    $metadata: { httpStatusCode: 400, requestId: 'aws-1' },
  });
}

describe('what may be logged of an error', () => {
  it('is name and message of our own, and its cause', () => {
    const error = new UnavailableError({ message: 'The table could not be reached.', cause: new TypeError('fetch failed') });
    expect(describeError(error)).toEqual({
      name: 'UnavailableError',
      message: 'The table could not be reached.',
      cause: { name: 'TypeError', message: 'fetch failed' },
    });
  });

  it('is the code where there is one', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
    expect(describeError(refused)).toMatchObject({ code: 'ECONNREFUSED' });
    expect(describeError(new HttpError({ status: 404, code: 'not_found', message: 'none' }))).toMatchObject({ code: 'not_found' });
  });

  it('is name, status and request id of an AWS error, never its message', () => {
    expect(describeError(awsError())).toEqual({ name: 'ValidationException', status: 400, awsRequestId: 'aws-1' });
  });

  it('is not the message of an error that repeats that of its AWS cause, as those of Powertools do', () => {
    const copied = Object.assign(new Error(PROMPT, { cause: awsError() }), { name: 'GetParameterError' });
    expect(describeError(copied)).toEqual({ name: 'GetParameterError', cause: expect.objectContaining({ name: 'ValidationException' }) });
  });

  it('is not what JSON.parse quotes of a document', () => {
    try {
      JSON.parse(PROMPT);
      expect.unreachable();
    } catch (error) {
      expect((error as Error).message).toContain('tell me');
      expect(describeError(error)).toEqual({ name: 'SyntaxError' });
    }
  });

  it('is a message of 500 characters at most', () => {
    expect(describeError(new Error('x'.repeat(2_000))).message).toHaveLength(500);
  });

  it.each([
    ['a string', PROMPT, { name: 'string' }],
    ['nothing', undefined, { name: 'undefined' }],
    ['null', null, { name: 'object' }],
  ])('is the type of what was thrown when it is %s', (_what, thrown, described) => {
    expect(describeError(thrown)).toEqual(described);
  });

  it('never holds an AWS message, however deep it is wrapped and whoever repeats it', () => {
    const wrappers = fc.array(fc.boolean(), { maxLength: 5 });
    fc.assert(
      fc.property(fc.stringMatching(/^secret [a-z ]{1,40}$/), wrappers, (message, copies) => {
        const wrapped = copies.reduce<Error>(
          (cause, copy) => (copy ? new Error(`failed: ${cause.message}`, { cause }) : new UnavailableError({ message: 'away', cause })),
          awsError(message),
        );
        expect(JSON.stringify(describeError(wrapped))).not.toContain('secret');
      }),
    );
  });
});
