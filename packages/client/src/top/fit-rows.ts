/** Lines for a terminal of that height, its last row left to the cursor; says how many are not shown. */
export function fitRows(lines: readonly string[], rows: number | undefined): string[] {
  if (rows === undefined || lines.length < rows) return [...lines];
  const shown = Math.max(0, rows - 2);
  return [...lines.slice(0, shown), `… ${lines.length - shown} more lines; a higher terminal shows them`];
}
