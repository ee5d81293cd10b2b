import type { Output } from './output.ts';
import { wrapWords } from './wrap-words.ts';

export type Fact = readonly [label: string, text: string];

const INDENT = '  ';
const GAP = '  ';

/** Labels and what is to be said under each, aligned; long texts go on in the next line. */
export function formatFacts(facts: readonly Fact[], { columns, style }: Pick<Output, 'columns' | 'style'>): string {
  const labelWidth = Math.max(...facts.map(([label]) => label.length));
  const start = INDENT.length + labelWidth + GAP.length;
  const lines = facts.map(([label, text]) => {
    const wrapped = wrapWords(text, (columns ?? Number.POSITIVE_INFINITY) - start).join(`\n${' '.repeat(start)}`);
    return `${INDENT}${style('dim', label.padEnd(labelWidth))}${GAP}${wrapped}`;
  });
  return lines.join('\n');
}
