import { describe, expect, it } from 'vitest';
import { type Column, formatTable } from './format-table.ts';

const columns: Column[] = [
  { head: 'MODEL' },
  { head: 'NAME', dropOrder: 1 },
  { head: 'TOKENS', align: 'right', dropOrder: 2 },
  { head: 'WHY', wraps: true },
];
const rows = [
  ['amazon.nova-lite-v1:0', 'Nova Lite', '300,000', 'it is cheap and reads pictures'],
  ['amazon.nova-pro-v1:0', 'Nova Pro', '300,000', 'it is better'],
];
const table = (width?: number) => formatTable({ columns, rows, width }).split('\n');

describe('formatTable', () => {
  it('aligns the columns under their headings', () => {
    expect(table()).toEqual([
      'MODEL                  NAME        TOKENS  WHY',
      'amazon.nova-lite-v1:0  Nova Lite  300,000  it is cheap and reads pictures',
      'amazon.nova-pro-v1:0   Nova Pro   300,000  it is better',
    ]);
  });

  it('leaves out columns that may go when the terminal is narrow, the last first', () => {
    expect(table(70)[0]).toBe('MODEL                  NAME       WHY');
    expect(table(60)[0]).toBe('MODEL                  WHY');
  });

  it('goes on in the next line where a column may wrap, and cuts nothing', () => {
    expect(table(40)).toEqual([
      'MODEL                  WHY',
      'amazon.nova-lite-v1:0  it is cheap and',
      '                       reads pictures',
      'amazon.nova-pro-v1:0   it is better',
    ]);
  });

  it.each([80, 60, 50, 40])('keeps every line within %i characters', (width) => {
    expect(Math.max(...table(width).map((line) => line.length))).toBeLessThanOrEqual(width);
  });

  it('cuts where a column may be cut, so that a row stays a line', () => {
    const cutting = columns.map(({ wraps, ...column }) => ({ ...column, ...(wraps && { cuts: true }) }));
    expect(formatTable({ columns: cutting, rows, width: 40 }).split('\n')).toEqual([
      'MODEL                  WHY',
      'amazon.nova-lite-v1:0  it is cheap and…',
      'amazon.nova-pro-v1:0   it is better',
    ]);
  });

  it('rather cuts a text than leaves out a column, as long as it can be read', () => {
    const cutting = columns.map(({ wraps, ...column }) => ({ ...column, ...(wraps && { cuts: true }) }));
    const heads = (width: number) => formatTable({ columns: cutting, rows, width }).split('\n')[0]?.split(/ {2,}/);
    expect(heads(67)).toEqual(['MODEL', 'NAME', 'TOKENS', 'WHY']);
    expect(heads(66)).toEqual(['MODEL', 'NAME', 'WHY']);
  });

  it('does not count colours as width', () => {
    const coloured = formatTable({ columns: [{ head: 'A' }, { head: 'B' }], rows: [['\u001b[31mred\u001b[39m', 'x']], width: 80 });
    expect(coloured.split('\n')[0]).toBe('A    B');
  });
});
