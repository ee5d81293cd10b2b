import { CAPABILITIES, hasCapability, inputModalitiesOf, priceOf } from '@signalbox/catalogue';
import { type Finding, warning } from './finding.ts';
import { listWords } from './list-words.ts';
import type { ResolvedTarget } from './resolve-target.ts';

const REMEDY = 'what is written here counts; remove it to follow the catalogue';

/** What a target states against what the catalogue knows. It may be right, and it may be a fact of another model that was copied. */
export function checkOverrides(target: ResolvedTarget): Finding[] {
  const path = ['targets', target.id];
  return [...checkLimits(target, path), ...checkLists(target, path), ...checkRegions(target, path), ...checkPrice(target, path)];
}

function checkLimits({ written, model }: ResolvedTarget, path: readonly string[]): Finding[] {
  return (['contextTokens', 'maxOutputTokens'] as const).flatMap((field) => {
    const known = model.limits[field];
    const stated = written[field];
    if (stated === undefined || known === null || stated === known) return [];
    return [warning([...path, field], `is ${stated}, and the catalogue says ${known}: ${REMEDY}`)];
  });
}

function checkLists({ written, model }: ResolvedTarget, path: readonly string[]): Finding[] {
  const known = { capabilities: CAPABILITIES.filter((name) => hasCapability(model, name)), inputModalities: inputModalitiesOf(model) };
  const isUnknown = (name: string) => CAPABILITIES.some((capability) => capability === name && hasCapability(model, capability) === null);
  return (['capabilities', 'inputModalities'] as const).flatMap((field) => {
    const stated: readonly string[] | undefined = written[field];
    if (!stated) return [];
    const known_: readonly string[] = known[field];
    const added = stated.filter((name) => !known_.includes(name) && !isUnknown(name));
    const missing = known_.filter((name) => !stated.includes(name));
    const differences = [
      ...(added.length > 0 ? [`the catalogue says that ${model.id} has no ${listWords(added, 'or')}`] : []),
      ...(missing.length > 0 ? [`it leaves out ${listWords(missing)}, which the catalogue says it has`] : []),
    ];
    return differences.length === 0
      ? []
      : [warning([...path, field], `is the whole list, and ${differences.join(', and ')}: ${REMEDY}`, 'key')];
  });
}

function checkRegions({ written, profile }: ResolvedTarget, path: readonly string[]): Finding[] {
  if (written.processingRegions && profile?.scope === 'global') {
    const message = `stands beside the global profile ${profile.id}, which may run in any region; remove it, or write another profile`;
    return [{ path: [...path, 'processingRegions'], message, at: 'key' }];
  }
  const outside = (profile?.destinationRegions ?? []).filter((region) => !written.processingRegions?.includes(region));
  if (!written.processingRegions || outside.length === 0) return [];
  const message = `leaves out ${listWords(outside)}, where the catalogue says that ${profile?.id} may run: ${REMEDY}`;
  return [warning([...path, 'processingRegions'], message, 'key')];
}

function checkPrice({ written, model, region, profile }: ResolvedTarget, path: readonly string[]): Finding[] {
  if (!written.price) return [];
  const { serviceTier: tier, price: stated } = written;
  const { price, basis } = priceOf(model, { region, ...(profile && { profile }), ...(tier && { tier }) });
  const fields = ['inputPerMTokens', 'outputPerMTokens', 'cacheReadPerMTokens', 'cacheWritePerMTokens', 'cacheWrite1hPerMTokens'] as const;
  return fields.flatMap((field) => {
    const known = price[field];
    const own = stated[field];
    if (own === undefined || known === undefined || known === null || own === known) return [];
    return [warning([...path, 'price', field], `is ${own}, and the catalogue says ${known} (${basis}): ${REMEDY}`)];
  });
}
