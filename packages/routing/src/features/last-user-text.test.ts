import type { ContentBlock, Message } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { lastUserText } from './last-user-text.ts';

const user = (...content: ContentBlock[]): Message => ({ role: 'user', content });
const assistant = (text: string): Message => ({ role: 'assistant', content: [{ text }] });
const toolResult: ContentBlock = { toolResult: { toolUseId: 't', content: [{ text: 'sunny' }] } };
const image: ContentBlock = { image: { format: 'png', source: { bytes: 'AAAA' } } };

describe('lastUserText', () => {
  it.each([
    ['the last user message', { messages: [user({ text: 'one' }), assistant('two'), user({ text: 'three' })] }, 'three'],
    ['not the assistant', { messages: [user({ text: 'one' }), assistant('two')] }, 'one'],
    ['all its texts', { messages: [user({ text: 'one' }, image, { text: 'two' })] }, 'one\ntwo'],
    ['what was said before the result of a tool', { messages: [user({ text: 'one' }), assistant('two'), user(toolResult)] }, 'one'],
    ['nothing of an image', { messages: [user(image)] }, ''],
    ['an input to embed', { input: 'one' }, 'one'],
    ['several inputs', { input: ['one', 'two'] }, 'one\ntwo'],
    ['nothing of an input that is no text', { input: { image: 'one' } }, ''],
    ['nothing', {}, ''],
  ])('is %s', (_, content, expected) => {
    expect(lastUserText(content)).toBe(expected);
  });

  it('is no longer than 8,192 characters, over all texts', () => {
    const text = 'a'.repeat(8_000);
    expect(lastUserText({ messages: [user({ text }, { text }, { text })] })).toBe(`${text}\n${'a'.repeat(191)}`);
    expect(lastUserText({ input: 'b'.repeat(10_000) })).toHaveLength(8_192);
  });
});
