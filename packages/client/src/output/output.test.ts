import { describe, expect, it } from 'vitest';
import { createOutput } from './output.ts';

function stream(options: { isTTY?: boolean; columns?: number } = {}) {
  const written: string[] = [];
  return { ...options, written, write: (text: string) => written.push(text) };
}

function outputFor({ isTTY, environment = {} }: { isTTY: boolean; environment?: Record<string, string> }) {
  const stdout = stream({ isTTY, columns: 100 });
  const stderr = stream({ isTTY, columns: 20 });
  return { stdout, stderr, output: createOutput({ stdout, stderr, environment }) };
}

describe('createOutput', () => {
  it.each([
    ['a terminal', true, {}, '\u001b[31mred\u001b[39m'],
    ['a pipe', false, {}, 'red'],
    ['a terminal with NO_COLOR', true, { NO_COLOR: '1' }, 'red'],
    ['a terminal with an empty NO_COLOR, which counts as unset', true, { NO_COLOR: '' }, '\u001b[31mred\u001b[39m'],
    ['a dumb terminal', true, { TERM: 'dumb' }, 'red'],
  ])('colours for %s', (_, isTTY, environment, expected) => {
    expect(outputFor({ isTTY, environment }).output.style('red', 'red')).toBe(expected);
  });

  it('knows the width of a terminal, and none of a pipe', () => {
    expect(outputFor({ isTTY: true }).output.columns).toBe(100);
    expect(outputFor({ isTTY: false }).output.columns).toBeUndefined();
  });

  it('keeps what was asked for apart from what is said about it', () => {
    const { output, stdout, stderr } = outputFor({ isTTY: false });
    output.print('{}');
    output.note('done');
    expect(stdout.written).toEqual(['{}\n']);
    expect(stderr.written).toEqual(['done\n']);
  });

  it('replaces the status line of a terminal and never lets it wrap', () => {
    const { output, stderr } = outputFor({ isTTY: true });
    output.status('a status that is longer than the line');
    output.status('');
    expect(stderr.written).toEqual(['\r\u001b[2Ka status that is lo', '\r\u001b[2K']);
  });

  it('writes each new status of a pipe as a line', () => {
    const { output, stderr } = outputFor({ isTTY: false });
    for (const text of ['20 %', '20 %', '40 %', '']) output.status(text);
    expect(stderr.written).toEqual(['20 %\n', '40 %\n']);
  });
});
