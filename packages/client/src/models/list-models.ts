import { type Capability, type Catalogue, inputModalitiesOf, lifecycleAt, type Model, priceOf, searchModels } from '@signalbox/catalogue';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { formatAmount, formatCompact, formatPrice } from '../output/format-figures.ts';
import { type Column, formatTable } from '../output/format-table.ts';
import type { Output } from '../output/output.ts';
import { UsageError } from '../usage-error.ts';
import { callingPlace } from './calling-place.ts';

type Sort = 'price' | 'context' | 'name';

export type ListOptions = {
  text?: string | undefined;
  provider?: string | undefined;
  capability?: Capability | undefined;
  region?: string | undefined;
  stage?: 'active' | 'legacy' | 'ended' | undefined;
  sort?: Sort | undefined;
  json?: boolean | undefined;
};
type ListInput = { catalogue: Catalogue; options: ListOptions; today: string; output: Output };

/** Where prices are stated for, unless a region is named. */
const PRICE_REGION = 'us-east-1';

const COLUMNS: readonly Column[] = [
  { head: 'MODEL' },
  { head: 'NAME', dropOrder: 3 },
  { head: 'STAGE' },
  { head: 'CONTEXT', align: 'right' },
  { head: 'OUTPUT', align: 'right', dropOrder: 4 },
  { head: 'IN $', align: 'right' },
  { head: 'OUT $', align: 'right' },
  { head: 'READS', dropOrder: 5 },
];

/** The models that match; those whose end has come only when they are asked for. */
export function listModels({ catalogue, options, today, output }: ListInput): ExitCode {
  checkNames(catalogue, options);
  const { stage, sort, json } = options;
  const matching = searchModels(catalogue, { ...options, date: today });
  const shown = matching.filter((model) => stage !== undefined || lifecycleAt(model, today).stage !== 'ended');
  const listed = shown.map((model) => describe(model, { region: options.region ?? PRICE_REGION, today })).sort(ORDERS[sort ?? 'id']);
  if (json) output.print(JSON.stringify(listed, null, 2));
  else printList(listed, { output, region: options.region ?? PRICE_REGION, ended: matching.length - shown.length });
  return EXIT_CODE.ok;
}

type Listed = ReturnType<typeof describe>;

function describe(model: Model, { region, today }: { region: string; today: string }) {
  const { id, name, provider, outputModalities, limits, capabilities } = model;
  const inputModalities = inputModalitiesOf(model);
  const { contextTokens, maxOutputTokens } = limits;
  const { stage, endsOn, successor } = lifecycleAt(model, today);
  const { price, basis, isEstimate } = priceOf(model, callingPlace(model, region));
  const lifecycle = { stage, endsOn, successor };
  return {
    id,
    name,
    provider,
    lifecycle,
    inputModalities,
    outputModalities,
    contextTokens,
    maxOutputTokens,
    capabilities,
    price,
    priceBasis: basis,
    priceIsEstimate: isEstimate,
  };
}

type Order = (left: Listed, right: Listed) => number;

const byId: Order = (left, right) => (left.id < right.id ? -1 : 1);
const ORDERS: Readonly<Record<Sort | 'id', Order>> = {
  id: byId,
  name: (left, right) => left.name.localeCompare(right.name, 'en', { numeric: true }) || byId(left, right),
  // What is not known comes last, however it is sorted.
  context: (left, right) => (right.contextTokens ?? -1) - (left.contextTokens ?? -1) || byId(left, right),
  price: (left, right) =>
    rank(left.price.inputPerMTokens) - rank(right.price.inputPerMTokens) ||
    rank(left.price.outputPerMTokens) - rank(right.price.outputPerMTokens) ||
    byId(left, right),
};

function rank(dollars: number | null): number {
  return dollars ?? Number.MAX_VALUE;
}

function printList(listed: readonly Listed[], { output, region, ended }: { output: Output; region: string; ended: number }): void {
  if (listed.length > 0)
    output.print(
      formatTable({
        columns: COLUMNS,
        rows: listed.map((model) => rowOf(model, output)),
        width: output.columns,
        styleHead: (head) => output.style('bold', head),
      }),
    );
  const hidden = ended > 0 ? `; ${formatAmount(ended, 'ended model')} not shown, see them with --stage ended` : '';
  output.note(`${listed.length > 0 ? '\n' : ''}${formatAmount(listed.length, 'model')}${hidden}`);
  const estimates = listed.some(({ priceIsEstimate }) => priceIsEstimate) ? '; ~ is the nearest price that is stated' : '';
  if (listed.length > 0)
    output.note(
      `Prices in US dollars per million tokens, called from ${region}; – is not known${estimates}. More of one: signalbox models show <model>`,
    );
}

function rowOf(
  { id, name, lifecycle, contextTokens, maxOutputTokens, price, priceIsEstimate, inputModalities }: Listed,
  { style }: Output,
): string[] {
  const { stage } = lifecycle;
  const shownStage = stage === 'active' ? stage : style(stage === 'legacy' ? 'yellow' : 'red', stage);
  const dollars = (value: number | null) =>
    value === null ? formatPrice(value) : `${priceIsEstimate ? '~' : ''}${formatPrice(value).slice(1)}`;
  const rates = [dollars(price.inputPerMTokens), dollars(price.outputPerMTokens)];
  return [id, name, shownStage, formatCompact(contextTokens), formatCompact(maxOutputTokens), ...rates, inputModalities.join(', ')];
}

/** A provider or region that nobody knows is a typing error, not an empty list. */
function checkNames({ models }: Catalogue, { provider, region }: ListOptions): void {
  const providers = [...new Set(models.map((model) => model.provider))].sort();
  if (provider !== undefined && !providers.some((known) => known.toLowerCase() === provider.toLowerCase()))
    throw new UsageError(`No provider is named "${provider}". There are: ${providers.join(', ')}.`);
  const regions = [
    ...new Set(
      models.flatMap((model) => [...(model.regions ?? []), ...model.profiles.flatMap(({ sourceRegions }) => sourceRegions ?? [])]),
    ),
  ].sort();
  if (region !== undefined && !regions.includes(region))
    throw new UsageError(`No model is known in a region "${region}". There are: ${regions.join(', ')}.`);
}
