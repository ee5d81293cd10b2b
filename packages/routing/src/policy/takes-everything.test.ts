import { describe, expect, it } from 'vitest';
import { takesEverything } from './takes-everything.ts';

type Pattern = Record<string, unknown>;

describe('takesEverything', () => {
  it.each<[Pattern, boolean]>([
    [{ operation: ['chat'] }, true],
    [{ operation: ['embed'] }, false],
    [{ inputModalities: ['text'] }, true],
    [{ inputModalities: ['image'] }, false],
    [{ hasTools: [true, false] }, true],
    [{ hasTools: [true] }, false],
    [{ tenant: [{ exists: true }] }, true],
    [{ language: [{ exists: true }] }, false],
    [{ tenant: [{ wildcard: '*' }] }, true],
    [{ estimatedInputTokens: [{ numeric: ['>=', 0] }] }, true],
    [{ estimatedInputTokens: [{ numeric: ['>', 0] }] }, false],
    [{ estimatedInputTokens: [{ numeric: ['>=', 0, '<', 100] }] }, false],
    [{ inputModalities: ['text'], tenant: ['a'] }, false],
    [{ $or: [{ tenant: ['a'] }, { inputModalities: ['text'] }] }, true],
    [{ $or: [{ tenant: ['a'] }, { tenant: ['b'] }] }, false],
  ])('of %j is %s on a route for chat', (pattern, expected) => {
    expect(takesEverything(pattern, 'chat')).toBe(expected);
  });
});
