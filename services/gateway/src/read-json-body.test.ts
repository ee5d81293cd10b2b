import { describe, expect, it } from 'vitest';
import { readJsonBody } from './read-json-body.ts';

const LIMITS = { maxBytes: 20, tooLarge: 'Send less.' };
const read = (body: string | undefined, contentType: string | undefined = 'application/json') =>
  readJsonBody({ headers: contentType === undefined ? {} : { 'content-type': contentType }, body }, LIMITS);

describe('a body', () => {
  it.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'application/json; profile=x',
  ])('is read as %s', (contentType) => {
    expect(read('{"a":1}', contentType)).toEqual({ a: 1 });
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'application/json; charset=latin1', ''])(
    'of type "%s" is refused',
    (contentType) => {
      expect(() => read('{}', contentType)).toThrow(
        expect.objectContaining({ status: 415, code: 'unsupported_media_type', parameter: 'content-type' }),
      );
    },
  );

  it('without a type is refused', () => {
    expect(() => readJsonBody({ headers: {}, body: '{}' }, LIMITS)).toThrow(expect.objectContaining({ status: 415 }));
  });

  it('has its limit in bytes, not characters', () => {
    expect(read(`"${'x'.repeat(18)}"`)).toBe('x'.repeat(18));
    const refused = expect.objectContaining({
      status: 413,
      code: 'request_too_large',
      message: 'The body has 38 bytes; 20 are allowed. Send less.',
    });
    expect(() => read(`"${'é'.repeat(18)}"`)).toThrow(refused);
  });

  it.each(['{', 'SECRET', '', undefined])('%s is no JSON, and is not quoted', (body) => {
    const refused = expect.objectContaining({ status: 400, code: 'invalid_json', message: expect.not.stringContaining('SECRET') });
    expect(() => read(body)).toThrow(refused);
  });
});
