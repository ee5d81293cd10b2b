/** One line of the report. */
export type Row = {
  /** Number of the budget. */
  budget: string;
  what: string;
  measured: string;
  /** Against the reference that `how` names. */
  ratio?: number;
  /** The budget in words; absent where the figure stands beside a budget. */
  limit?: string;
  isMet?: boolean;
  how: string;
};

/** What the machine was and how the processes were placed. */
export type Conditions = { startedAt: string; node: string; cpuModel: string; cores: number; placement: string };

const HEADINGS = ['budget', 'what', 'measured', 'ratio', 'limit', 'met', 'how'] as const;

/** The report as text for a terminal. */
export function formatReport(conditions: Conditions, rows: readonly Row[]): string {
  const cells = [[...HEADINGS], ...rows.map(toCells)];
  const widths = HEADINGS.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  const { startedAt, node, cpuModel, cores, placement } = conditions;
  return [`${startedAt}, Node ${node}, ${cores} shared cores (${cpuModel}); ${placement}`, '', lines[0], rule, ...lines.slice(1)].join(
    '\n',
  );
}

function toCells({ budget, what, measured, ratio, limit, isMet, how }: Row): string[] {
  const met = isMet === undefined ? '' : isMet ? 'met' : 'NOT MET';
  return [budget, what, measured, ratio === undefined ? '' : `${ratio.toFixed(2)}x`, limit ?? '', met, how];
}
