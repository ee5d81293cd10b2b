import type OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { parseEmbeddingsRequest } from './parse-embeddings-request.ts';
import { refusalOf } from './testing/refusal-of.ts';

const minimal: OpenAI.EmbeddingCreateParams = { model: 'search', input: 'red shoes' };

describe('a request for embeddings', () => {
  it.each<[string, Partial<OpenAI.EmbeddingCreateParams>, object]>([
    ['a text', {}, { content: { input: ['red shoes'] }, encodingFormat: 'float' }],
    ['texts', { input: ['a', 'b'] }, { content: { input: ['a', 'b'] } }],
    ['dimensions', { dimensions: 256 }, { content: { input: ['red shoes'], additionalModelRequestFields: { dimensions: 256 } } }],
    ['numbers as base64', { encoding_format: 'base64' }, { encodingFormat: 'base64' }],
    ['a user', { user: 'u1' }, { labels: { user: 'u1' } }],
  ])('has %s', (_what, more, expected) => {
    expect(parseEmbeddingsRequest({ ...minimal, ...more })).toMatchObject({ model: 'search', ...expected });
  });

  it('asks nothing by itself, and what it says in signalbox', () => {
    expect(parseEmbeddingsRequest(minimal)).toEqual({ model: 'search', content: { input: ['red shoes'] }, encodingFormat: 'float' });
    expect(parseEmbeddingsRequest({ ...minimal, signalbox: { timeoutSeconds: 3, sessionId: 's' } })).toMatchObject({
      timeoutMs: 3000,
      sessionId: 's',
    });
  });

  it.each<[string, object, string, string]>([
    ['tokens', { input: [1, 2] }, 'invalid_request', 'input[0]'],
    ['lists of tokens', { input: [[1, 2]] }, 'invalid_request', 'input[0]'],
    ['an empty text', { input: '' }, 'invalid_request', 'input'],
    ['an empty text among others', { input: ['a', ''] }, 'invalid_request', 'input[1]'],
    ['no text', { input: [] }, 'invalid_request', 'input'],
    ['97 texts', { input: Array.from({ length: 97 }, () => 'a') }, 'invalid_request', 'input'],
    ['no model', { model: undefined }, 'invalid_request', 'model'],
    ['no dimensions', { dimensions: 0 }, 'invalid_request', 'dimensions'],
    ['another encoding', { encoding_format: 'int8' }, 'unsupported_parameter', 'encoding_format'],
    ['what no API has', { truncate: true }, 'unsupported_parameter', 'truncate'],
    ['two users', { user: 'a', signalbox: { labels: { user: 'b' } } }, 'invalid_request', 'user'],
  ])('is refused by name with %s', (_what, more, code, parameter) => {
    expect(refusalOf(() => parseEmbeddingsRequest({ ...minimal, ...more }))).toMatchObject({ status: 400, code, parameter });
  });
});
