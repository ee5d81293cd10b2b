/** The value below which that part of the values lies, 0 to 1, by nearest rank; undefined of none. */
export function percentile(sorted: readonly number[], part: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
}
