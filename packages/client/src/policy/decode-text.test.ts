import { describe, expect, it } from 'vitest';
import { UsageError } from '../usage-error.ts';
import { decodeText } from './decode-text.ts';

describe('decodeText', () => {
  it('reads UTF-8, and leaves a byte order mark out', () => {
    expect(decodeText(Buffer.from('name: Zürich 🚀'), 'x')).toBe('name: Zürich 🚀');
    expect(decodeText(Buffer.from('\uFEFFversion: 1'), 'x')).toBe('version: 1');
    expect(decodeText(Buffer.alloc(0), 'x')).toBe('');
  });

  it.each([
    ['UTF-16 with its mark', Buffer.from('\uFEFFversion: 1', 'utf16le')],
    ['UTF-16 without it', Buffer.from('version: 1', 'utf16le')],
    ['Latin-1', Buffer.from('name: Zürich', 'latin1')],
  ])('refuses %s by the name of the file', (_, bytes) => {
    expect(() => decodeText(bytes, 'policy.yaml')).toThrow(UsageError);
    expect(() => decodeText(bytes, 'policy.yaml')).toThrow('policy.yaml is not text in UTF-8; save it in that encoding.');
  });
});
