import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';

export type Column = {
  head: string;
  align?: 'left' | 'right';
  /** Left out when the terminal is too narrow, the highest first; a column without a number always stays. */
  dropOrder?: number;
  /** Its words may go on in the next line when the terminal is too narrow. */
  wraps?: boolean;
  /** Its text is cut off when the terminal is too narrow, so that a row stays a line; it must have no colours. */
  cuts?: boolean;
};

type TableInput = {
  columns: readonly Column[];
  /** A cell for every column. */
  rows: readonly (readonly string[])[];
  /** Characters in a line; undefined for as many as it takes. */
  width: number | undefined;
  /** Makes a heading of it. */
  styleHead?: (text: string) => string;
};

const GAP = '  ';
const NARROWEST_WRAPPED = 12;
/** What can be cut is cut to this before a column is left out for it. */
const ENOUGH_TO_READ = 24;
const NO_BORDERS = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: GAP },
};

/** Rows under headings, without borders, so that it reads well on a terminal and cuts well in a pipe. */
export function formatTable({ columns, rows, width, styleHead = (text) => text }: TableInput): string {
  const all = columns.map((column, index) => ({ ...column, index, width: widthOf(column, rows, index) }));
  const shown = width === undefined ? all : fit(all, width);
  const table = new Table({
    chars: NO_BORDERS,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    colAligns: shown.map(({ align = 'left' }) => align),
    colWidths: shown.map((column) => column.width),
    wordWrap: true,
  });
  table.push(shown.map(({ head }) => styleHead(head)));
  for (const row of rows) table.push(shown.map(({ index, cuts, width: most }) => cutTo(row[index] ?? '', cuts ? most : undefined)));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

type Sized = Column & { index: number; width: number };

/** Leaves out and narrows columns until the line is short enough, as far as they allow. */
function fit(columns: readonly Sized[], width: number): Sized[] {
  const shown = [...columns];
  while (lineWidth(shown.map(cutShort)) > width) {
    const next = shown.filter(({ dropOrder }) => dropOrder !== undefined).sort(byDropOrder)[0];
    if (!next) break;
    shown.splice(shown.indexOf(next), 1);
  }
  return narrow(shown, width);
}

/** Takes what is too much from the widest column that may wrap or be cut, until another is as wide. */
function narrow(columns: readonly Sized[], width: number): Sized[] {
  const narrowed = columns.map((column) => ({ ...column }));
  for (let tooMuch = lineWidth(narrowed) - width; tooMuch > 0; tooMuch--) {
    const widest = narrowed.filter(({ wraps, cuts }) => wraps || cuts).sort((left, right) => right.width - left.width)[0];
    if (!widest || widest.width <= NARROWEST_WRAPPED) break;
    widest.width -= 1;
  }
  return narrowed;
}

function cutTo(text: string, width = Number.POSITIVE_INFINITY): string {
  return text.length <= width ? text : `${text.slice(0, width - 1).trimEnd()}…`;
}

function cutShort(column: Sized): Sized {
  return column.cuts ? { ...column, width: Math.min(column.width, ENOUGH_TO_READ) } : column;
}

function byDropOrder(left: Sized, right: Sized): number {
  return (right.dropOrder ?? 0) - (left.dropOrder ?? 0);
}

function lineWidth(columns: readonly Sized[]): number {
  return columns.reduce((sum, column) => sum + column.width, 0) + GAP.length * Math.max(0, columns.length - 1);
}

function widthOf({ head }: Column, rows: TableInput['rows'], index: number): number {
  return Math.max(...[head, ...rows.map((row) => row[index] ?? '')].map((cell) => stripVTControlCharacters(cell).length), 1);
}
