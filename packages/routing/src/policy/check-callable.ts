import { isCallableIn, type Model, profileOf } from '@signalbox/catalogue';
import { hasEnded } from './check-life-cycle.ts';
import type { TargetInput } from './check-target.ts';
import { closestName, suggestName } from './closest-name.ts';
import { type Finding, warning } from './finding.ts';
import { knownRegions } from './known-regions.ts';
import { listWords, shortList } from './list-words.ts';
import { readModelName } from './read-model-name.ts';

/** Whether the model can be called in the target's region, the way it is called. */
export function checkCallable({ id, target, catalogue, today }: TargetInput): Finding[] {
  const name = target.model === undefined ? undefined : readModelName(catalogue, target.model);
  if (name?.kind !== 'model' || target.modelId !== undefined || hasEnded(name.model, today)) return [];
  // How it would be called nobody knows, of a profile that is none.
  if ('profile' in target && target.profile === undefined) return [];
  const { model } = name;
  const path = ['targets', id];
  const profile = target.profile === undefined ? undefined : profileOf(model, target.profile);
  if (target.profile !== undefined && !profile)
    return [unknownProfile(model, [...path, 'profile'], { prefix: target.profile, region: target.region })];
  const unspoken = checkApi(model, [...path, 'model']);
  return unspoken.length > 0 ? unspoken : checkRegion({ model, profile, target, path, known: knownRegions(catalogue) });
}

type UnknownProfile = { prefix: string; region: string | undefined };

function unknownProfile(model: Model, path: readonly string[], { prefix, region }: UnknownProfile): Finding {
  const reachable = region === undefined ? [] : profilesFrom(model, region);
  const prefixes = reachable.length > 0 ? reachable : model.profiles.map((profile) => profile.prefix);
  const advice =
    prefixes.length > 0
      ? suggestName(prefix, prefixes).slice('; '.length)
      : `remove it, and call it in one of: ${shortList(model.onDemandRegions ?? []) || 'the regions of its model card'}`;
  return { path, message: `names the inference profile "${prefix}", which ${model.id} does not have; ${advice}` };
}

/** The adapter speaks Converse for text; what only other endpoints serve cannot be a target. */
function checkApi(model: Model, path: readonly string[]): Finding[] {
  const isText = model.outputModalities.includes('text');
  if (!isText || model.apis.includes('converse')) return [];
  const message = `names ${model.id}, which cannot be called by Converse, only by ${shortList(model.apis)}; write a model that can`;
  return [{ path, message }];
}

type RegionInput = {
  model: Model;
  profile: ReturnType<typeof profileOf>;
  target: TargetInput['target'];
  path: readonly string[];
  /** Regions that exist, so that none of them is taken for a slip. */
  known: readonly string[];
};

function checkRegion({ model, profile, target: { region }, path, known }: RegionInput): Finding[] {
  if (region === undefined) return [];
  const callable = isCallableIn(model, { region, ...(profile && { profile }) });
  const way = profile ? `through its profile "${profile.prefix}"` : 'by its own id';
  if (callable === null) {
    return [
      warning(
        [...path, 'region'],
        `is ${region}, and nobody has stated whether ${model.id} can be called there ${way}; try it before the release`,
      ),
    ];
  }
  if (callable) return [];
  const message = `is ${region}, where ${model.id} cannot be called ${way}; ${adviseRegion({ model, profile, region, known })}`;
  return [{ path: [...path, 'region'], message }];
}

type AdviceInput = Pick<RegionInput, 'model' | 'profile' | 'known'> & { region: string };

function adviseRegion({ model, profile, region, known }: AdviceInput): string {
  const regions = (profile ? profile.sourceRegions : model.onDemandRegions) ?? [];
  const closest = known.includes(region) ? undefined : closestName(region, regions);
  if (closest !== undefined) return `did you mean "${closest}"?`;
  const profiles = profile ? [] : profilesFrom(model, region);
  const advice = [
    ...(regions.length > 0 ? [`write one of: ${shortList(regions)}`] : []),
    ...(profiles.length > 0 ? [`write profile: ${listWords(profiles, 'or')}`] : []),
  ];
  return advice.join('; or ') || 'write another model';
}

/** Prefixes of the profiles that can be called there, those that stay in a part of the world first. */
function profilesFrom({ profiles }: Model, region: string): string[] {
  const reachable = profiles.filter(({ sourceRegions }) => sourceRegions?.includes(region));
  return reachable.sort((left, right) => left.scope.localeCompare(right.scope)).map(({ prefix }) => prefix);
}
