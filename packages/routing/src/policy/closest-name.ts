import { shortList } from './list-words.ts';

/** A longer list of names is no help. */
const LISTED = 15;

/** The known name that was probably meant, if one is near: at most a third of its letters differ. */
export function closestName(name: string, known: Iterable<string>): string | undefined {
  let closest: { name: string; distance: number } | undefined;
  for (const candidate of known) {
    const most = Math.max(1, candidate.length / 3);
    // Each letter more or less is an edit at least, and counting edits is slow.
    if (Math.abs(name.length - candidate.length) > most) continue;
    const distance = editDistance(name, candidate);
    if (distance > most) continue;
    if (!closest || distance < closest.distance) closest = { name: candidate, distance };
    if (distance === 0) break;
  }
  return closest?.name;
}

/** ` (did you mean "x"?)`, or the list of what there is, to end a sentence about an unknown name. */
export function suggestName(name: string, known: readonly string[]): string {
  const closest = closestName(name, known);
  if (closest !== undefined) return `; did you mean "${closest}"?`;
  return known.length === 0 ? '; there is none yet' : `; write one of: ${shortList(known, LISTED)}`;
}

/** Letters to insert, delete, replace, or swap with their neighbour (optimal string alignment). */
function editDistance(left: string, right: string): number {
  const rows = [Array.from({ length: right.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) current.push(cheapestEdit({ left, right, rows, current, row, column }));
    rows.push(current);
  }
  return rows[left.length]?.[right.length] ?? 0;
}

type Cell = { left: string; right: string; rows: number[][]; current: number[]; row: number; column: number };

function cheapestEdit({ left, right, rows, current, row, column }: Cell): number {
  const at = (up: number, back: number) => rows[row - up]?.[column - back] ?? Number.POSITIVE_INFINITY;
  const replaced = at(1, 1) + (left[row - 1] === right[column - 1] ? 0 : 1);
  const inserted = (current[column - 1] ?? Number.POSITIVE_INFINITY) + 1;
  const isSwap = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
  return Math.min(replaced, inserted, at(1, 0) + 1, isSwap ? at(2, 2) + 1 : Number.POSITIVE_INFINITY);
}
