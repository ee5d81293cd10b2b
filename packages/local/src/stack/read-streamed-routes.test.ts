import { describe, expect, it } from 'vitest';
import { isStreamMode, readStreamedRoutes } from './read-streamed-routes.ts';

const uri = (date: string, end: string) =>
  `arn:aws:apigateway:eu-west-1:lambda:path/${date}/functions/arn:aws:lambda:eu-west-1:000000000000:function:chat/${end}`;
const STREAMED = uri('2021-11-15', 'response-streaming-invocations');
const BUFFERED = uri('2015-03-31', 'invocations');
const definition = (integration: object) => ({ paths: { '/v1/chat': { post: { 'x-amazon-apigateway-integration': integration } } } });

describe('the streamed routes of an API definition', () => {
  it.each([
    ['by its URI', { uri: STREAMED }, true],
    ['by its mode', { responseTransferMode: 'STREAM' }, true],
    ['by both', { uri: STREAMED, responseTransferMode: 'STREAM' }, true],
    ['a buffered one', { uri: BUFFERED }, false],
    ['a buffered one that says so', { uri: BUFFERED, responseTransferMode: 'BUFFERED' }, false],
  ])('%s', (_name, integration, isStreamed) => {
    expect(readStreamedRoutes(definition(integration))).toEqual(isStreamed ? [{ method: 'POST', path: '/v1/chat' }] : []);
  });

  it('know ANY, and pass over what is no operation', () => {
    const any = { 'x-amazon-apigateway-any-method': { 'x-amazon-apigateway-integration': { uri: STREAMED } }, parameters: [] };
    expect(readStreamedRoutes({ paths: { '/all/{proxy+}': any } })).toEqual([{ method: 'ANY', path: '/all/{proxy+}' }]);
    expect(readStreamedRoutes(undefined)).toEqual([]);
  });

  it.each([
    [{ uri: BUFFERED, responseTransferMode: 'STREAM' }, /post \/v1\/chat has the response transfer mode STREAM, but/],
    [{ uri: STREAMED, responseTransferMode: 'BUFFERED' }, /BUFFERED, but/],
    [{ uri: STREAMED, responseTransferMode: 'stream' }, /must be STREAM or BUFFERED, not "stream"/],
  ])('refuse %j', (integration, message) => {
    expect(() => readStreamedRoutes(definition(integration))).toThrow(message);
  });
});

it('the mode of an event is STREAM or BUFFERED', () => {
  expect([undefined, 'BUFFERED', 'STREAM'].map(isStreamMode)).toEqual([false, false, true]);
});
