import {
  CAPABILITIES,
  type Catalogue,
  describeSource,
  hasCapability,
  inputModalitiesOf,
  lifecycleAt,
  type Model,
  type Profile,
  resolveModel,
} from '@signalbox/catalogue';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { type Fact, formatFacts } from '../output/format-facts.ts';
import { formatAmount, formatCount } from '../output/format-figures.ts';
import type { Output } from '../output/output.ts';
import { UsageError } from '../usage-error.ts';
import { printPlaces } from './print-places.ts';
import { printPrices } from './print-prices.ts';

type ShowInput = { catalogue: Catalogue; name: string; today: string; json?: boolean | undefined; output: Output };

/** All that is known of one model, by its id, an alias, an inference profile or an ARN. */
export function showModel({ catalogue, name, today, json = false, output }: ShowInput): ExitCode {
  const found = resolveModel(catalogue, name);
  if (found.kind === 'unknown') throw new UsageError(`No model is named "${name}".${suggest(found.suggestions)}`);
  const { model, profile } = found;
  if (json) output.print(JSON.stringify({ ...model, lifecycleToday: lifecycleAt(model, today), ...(profile && { profile }) }, null, 2));
  else printModel(model, { name, profile, today, output });
  return EXIT_CODE.ok;
}

function suggest(suggestions: readonly string[]): string {
  if (suggestions.length === 0) return ' See what there is with: signalbox models list';
  return ` Did you mean ${suggestions.length > 1 ? 'one of these?' : 'this?'}\n${suggestions.map((suggestion) => `  ${suggestion}`).join('\n')}`;
}

type PrintInput = { name: string; profile: Profile | undefined; today: string; output: Output };

function printModel(model: Model, { name, profile, today, output }: PrintInput): void {
  output.print(`${output.style('bold', model.name)} · ${model.provider}\n${model.id}`);
  if (profile) output.print(`${profile.id} is its ${profile.scope === 'global' ? 'global ' : ''}inference profile`);
  else if (name !== model.id && model.aliases.includes(name)) output.print(`${name} is another name of it`);
  output.print(`\n${formatFacts([...lifeFacts(model, today), ...abilityFacts(model)], output)}`);
  printPrices(model, output);
  printPlaces(model, profile, output);
  output.print(`\n${formatFacts(originFacts(model), output)}`);
}

function lifeFacts(model: Model, today: string): Fact[] {
  const { stage, endsOn, daysLeft, endsNoSoonerThan, successor, isPreview, asOf } = lifecycleAt(model, today);
  const end = {
    active: `, no end announced${endsNoSoonerThan && endsNoSoonerThan > today ? `; not before ${endsNoSoonerThan}` : ''}`,
    legacy: endsOn ? `, ends on ${endsOn}, in ${formatAmount(daysLeft ?? 0, 'day')}` : ', its end is not dated yet',
    ended: endsOn ? ` on ${endsOn}: it can no longer be called` : ': it can no longer be called',
    unknown: '',
  }[stage];
  return [
    ['stage', `${isPreview ? 'preview, for selected accounts' : stage}${end}${asOf ? ` (as of ${asOf})` : ''}`],
    ...(successor ? [['move to', successor] as const] : []),
    ...(model.lifecycle.launchedOn ? [['launched', model.lifecycle.launchedOn] as const] : []),
  ];
}

function abilityFacts(model: Model): Fact[] {
  const { limits, outputModalities, knowledgeCutoff, languages, embeddingDimensions } = model;
  const can = (answer: boolean | null) => CAPABILITIES.filter((capability) => hasCapability(model, capability) === answer).join(', ');
  const source = limits.source ? ` (${describeSource(limits.source)}${limits.confidence === 'secondary' ? '; not from AWS' : ''})` : '';
  const facts: [string, string | undefined][] = [
    ['reads', inputModalitiesOf(model).join(', ')],
    ['writes', outputModalities.join(', ')],
    ['context', `${tokens(limits.contextTokens)}${source}`],
    ['output', limits.maxOutputTokens === null ? 'not known' : `at most ${tokens(limits.maxOutputTokens)}`],
    ['can', can(true) || 'nothing that is known'],
    ['can not', can(false)],
    ['not known', can(null)],
    ['knows until', knowledgeCutoff ?? undefined],
    ['languages', languages?.tags?.join(', ')],
    ['dimensions', embeddingDimensions === null ? undefined : formatCount(embeddingDimensions)],
  ];
  return facts.flatMap(([label, text]) => (text ? [[label, text] as const] : []));
}

function tokens(count: number | null): string {
  return count === null ? 'not known' : formatAmount(count, 'token');
}

function originFacts({ licence, modelCardUrl, sources, disagreements }: Model): Fact[] {
  const terms = [licence.name, licence.url, licence.weights && `${licence.weights} weights`].filter(Boolean).join(', ');
  return [
    ['licence', terms || 'not known'],
    ...(modelCardUrl ? [['model card', modelCardUrl] as const] : []),
    ['from', sources.map(describeSource).join('; ') || 'not stated'],
    ...(disagreements.length > 0 ? [['in dispute', [...new Set(disagreements.map(({ field }) => field))].join(', ')] as const] : []),
  ];
}
