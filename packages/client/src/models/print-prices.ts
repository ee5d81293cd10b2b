import { describeSource, type Model } from '@signalbox/catalogue';
import { type Fact, formatFacts } from '../output/format-facts.ts';
import { formatPrice, UNKNOWN } from '../output/format-figures.ts';
import { type Column, formatTable } from '../output/format-table.ts';
import type { Output } from '../output/output.ts';
import { mediaPrices, type PriceRow, priceRows } from './price-rows.ts';

const INDENT = '  ';

const PRICE_COLUMNS: readonly Column[] = [
  { head: 'PRICE', wraps: true },
  { head: 'INPUT', align: 'right' },
  { head: 'OUTPUT', align: 'right' },
  { head: 'CACHE READ', align: 'right' },
  { head: 'WRITE 5 MIN', align: 'right' },
  { head: 'WRITE 1 H', align: 'right' },
];

/** Every price of a model with where it is from; what nobody has stated is a dash. */
export function printPrices(model: Model, output: Output): void {
  const rows = priceRows(model);
  const media = mediaPrices(model);
  const isKnown = rows.length > 0 || media.length > 0;
  const unit = rows.length > 0 ? ' per million tokens' : '';
  output.print(`\n${output.style('bold', 'Prices')}${isKnown ? ` in US dollars${unit}; ${UNKNOWN} is not known` : ': not known'}`);
  if (rows.length > 0) output.print(priceTable(rows, output));
  const { sources, disputed } = model.prices;
  const facts: Fact[] = [
    ...media.map(([what, dollars]) => [what, formatPrice(dollars)] as const),
    ...(isKnown ? [['from', sources.map(describeSource).join('; ') || 'not stated'] as const] : []),
    ...[...new Set(rows.flatMap(({ source }) => source ?? []))].map((source) => [OTHER_SOURCE, source] as const),
    ...disputed.map((dispute) => ['disputed', dispute] as const),
  ];
  if (facts.length > 0) output.print(formatFacts(facts, output));
}

/** Marks a price that is not from the source of the others. */
const OTHER_SOURCE = '*';

function priceTable(rows: readonly PriceRow[], { columns, style }: Output): string {
  const cells = rows.map(({ what, source, ...row }) => [
    `${what}${source ? ` ${OTHER_SOURCE}` : ''}`,
    ...[row.input, row.output, row.cacheRead, row.cacheWrite, row.cacheWrite1h].map(formatPrice),
  ]);
  const width = columns === undefined ? undefined : columns - INDENT.length;
  return formatTable({ columns: PRICE_COLUMNS, rows: cells, width, styleHead: (head) => style('dim', head) }).replaceAll(/^/gm, INDENT);
}
