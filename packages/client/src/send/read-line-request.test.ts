import { describe, expect, it } from 'vitest';
import { prepareRequest } from '../producer/prepare-request.ts';
import { readLineRequest } from './read-line-request.ts';

const text = '{"messages":[{"role":"user","content":[{"text":"hello"}]}]}';

function read(own: { text?: string; number?: number; campaign?: string; route?: string } = {}) {
  const line = { kind: 'text' as const, text: own.text ?? text, number: own.number ?? 1, endOffset: 0 };
  return readLineRequest({ line, campaign: own.campaign ?? 'spring', route: own.route });
}

function idOf(own: Parameters<typeof read>[0] = {}): string | undefined {
  const found = read(own);
  return found.kind === 'request' ? found.request.id : undefined;
}

describe('readLineRequest', () => {
  it('gives a line the same id each time, which the contract takes', () => {
    const found = read();
    if (found.kind === 'bad') throw new Error('it is bad');
    expect(found.request.id).toBe(idOf());
    expect(prepareRequest(found.request, { hasBucket: false }).kind).toBe('prepared');
  });

  it.each<[string, Parameters<typeof read>[0]]>([
    ['another campaign', { campaign: 'autumn' }],
    ['another line number', { number: 2 }],
    ['another line', { text: text.replace('hello', 'hallo') }],
    ['another route', { route: 'fast' }],
  ])('gives another id to %s', (_, own) => {
    expect(idOf(own)).not.toBe(idOf());
  });

  it('leaves an id and a route of its own as they are', () => {
    const own = text.replace('{"messages', '{"id":"mine","route":"slow","messages');
    expect(read({ text: own, route: 'fast' })).toMatchObject({ kind: 'request', request: { id: 'mine', route: 'slow' } });
  });

  it.each<[string, string, string]>([
    ['text', 'hello', 'is not JSON; check'],
    ['JSON that is cut', text.slice(0, -3), `is not JSON (character ${text.length - 2}); check`],
    ['a list', '[1]', 'must be a JSON object, a request'],
    ['null', 'null', 'must be a JSON object, a request'],
  ])('says what is wrong with %s, without quoting it', (_, given, message) => {
    const found = read({ text: given });
    expect(found.kind === 'bad' && found.problems[0]?.message).toContain(message);
    expect(JSON.stringify(found)).not.toContain('hello');
  });
});
