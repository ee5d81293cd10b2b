import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../usage-error.ts';
import { editBody, parseSet, parseUnset } from './edit-body.ts';

describe('parseSet', () => {
  it.each<[string, unknown, (string | number)[]]>([
    ['route=fast', 'fast', ['route']],
    ['route=', '', ['route']],
    ['inferenceConfig.maxTokens=100', 100, ['inferenceConfig', 'maxTokens']],
    ['messages[0].role=user', 'user', ['messages', 0, 'role']],
    ['schemaVersion=1.0', '1.0', ['schemaVersion']],
    ['id="42"', '42', ['id']],
    ['labels={"a":"b=c"}', { a: 'b=c' }, ['labels']],
    ['requirements.degrade=never', 'never', ['requirements', 'degrade']],
  ])('reads %s', (argument, value, path) => {
    expect(parseSet(argument)).toMatchObject({ value, path });
  });

  it.each(['route', '=fast', 'a..b=1', 'a[x]=1', '__proto__.a=1', 'a.constructor=1', 'a b=1'])('refuses %s', (argument) => {
    expect(() => parseSet(argument)).toThrow(UsageError);
  });
});

describe('editBody', () => {
  const body = { route: 'a', messages: [{ role: 'x' }, { role: 'y' }], reply: { queue: 'q' } };

  it.each<[string, object]>([
    ['route', { messages: body.messages, reply: body.reply }],
    ['messages[0]', { ...body, messages: [{ role: 'y' }] }],
    ['reply.queue', { ...body, reply: {} }],
    ['no.such.field', body],
  ])('takes %s away', (path, expected) => {
    expect(editBody(body, [parseUnset(path)])).toEqual({ kind: 'edited', body: expected });
  });

  it('makes what a path leads through, and leaves the given body alone', () => {
    const before = structuredClone(body);
    const edits = [parseSet('inferenceConfig.maxTokens=5'), parseSet('system[0].text=hi')];
    expect(editBody(body, edits)).toMatchObject({ body: { ...body, inferenceConfig: { maxTokens: 5 }, system: [{ text: 'hi' }] } });
    expect(body).toEqual(before);
  });

  it.each(['route.name=x', 'messages.role=x', 'reply[0]=x'])('finds no place for %s', (argument) => {
    expect(editBody(body, [parseSet(argument)])).toEqual({ kind: 'no-place', path: argument.split('=')[0] });
  });

  it('finds what it set where it set it, and changes nothing that all objects have', () => {
    const name = fc.stringMatching(/^[a-z_]{1,9}$/).filter((word) => !/^(__proto__|constructor|prototype)$/.test(word));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), fc.jsonValue(), (path, value) => {
        const edited = editBody({}, [parseSet(`${path.join('.')}=${JSON.stringify(value)}`)]);
        const found =
          edited.kind === 'edited' ? path.reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], edited.body) : edited;
        expect(JSON.stringify(found)).toBe(JSON.stringify(value));
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
    );
  });
});
