import { allowsEndpoint } from './allows-endpoint.ts';
import type { AllowedModels } from './compile-options.ts';
import { type Finding, warning } from './finding.ts';
import { listWords, shortList } from './list-words.ts';
import type { ResolvedTarget } from './resolve-target.ts';

/** Whether the roles that call models may make this call. A table outside of them would fail on its first request. */
export function checkAllowed(target: ResolvedTarget, allowed: AllowedModels | undefined): Finding[] {
  // A server outside of IAM is called by its key.
  if (!allowed || target.kind === 'openai') return [];
  if (target.kind === 'sagemaker') return [...checkEndpoint(target, allowed), ...checkRegions(target, allowed)];
  return [...checkModel(target, allowed), ...checkProfile(target, allowed), ...checkRegions(target, allowed)];
}

function checkEndpoint({ id, modelId }: ResolvedTarget, { endpoints = [] }: AllowedModels): Finding[] {
  if (allowsEndpoint(endpoints, modelId)) return [];
  const others = endpoints.length > 0 ? `, or write one whose name is like one of: ${shortList(endpoints)}` : '';
  const message = `names the endpoint ${modelId}, which the roles may not call; add it to AllowedEndpoints of the platform's template and deploy that first${others}`;
  return [{ path: ['targets', id, 'endpoint'], message }];
}

function checkModel({ id, model }: ResolvedTarget, { models }: AllowedModels): Finding[] {
  if (models.includes(model.id)) return [];
  const message = `names ${model.id}, which the roles may not call; add it to AllowedModels of the platform's template and deploy that first, or write one of: ${shortList(models)}`;
  return [{ path: ['targets', id, 'model'], message }];
}

function checkProfile({ id, profile, model, written }: ResolvedTarget, { globalProfiles }: AllowedModels): Finding[] {
  if (globalProfiles || profile?.scope !== 'global') return [];
  const others = model.profiles.filter(({ scope }) => scope === 'geo').map(({ prefix }) => prefix);
  const instead = others.length > 0 ? `, or write one of: ${others.join(', ')}` : '';
  const message = `is a global profile, which may run in any region, and AllowGlobalProfiles of the platform's template is false; set it to true and deploy that first${instead}`;
  return [{ path: ['targets', id, written.modelId === undefined ? 'profile' : 'modelId'], message }];
}

function checkRegions({ id, region, profile, processingRegions, written }: ResolvedTarget, { regions }: AllowedModels): Finding[] {
  const path = ['targets', id];
  if (!regions.includes(region)) {
    const message = `is ${region}, which the roles may not call; add it to AllowedRegions of the platform's template and deploy that first, or write one of: ${shortList(regions)}`;
    return [{ path: [...path, 'region'], message }];
  }
  if (processingRegions === null) {
    if (profile?.scope === 'global') return [];
    const field = written.modelId === undefined ? 'profile' : 'modelId';
    const message = `may run in regions that the catalogue does not know, and a call that Bedrock sends outside AllowedRegions is refused; state them with processingRegions`;
    return [warning([...path, field], message)];
  }
  const outside = processingRegions.filter((one) => !regions.includes(one));
  if (outside.length === 0) return [];
  const field = ['processingRegions', 'profile', 'modelId', 'region'].find((name) => name in written) ?? 'region';
  const message = `may run in ${listWords(outside)}, which the roles may not call; add ${outside.length === 1 ? 'it' : 'them'} to AllowedRegions of the platform's template and deploy that first, or call the model without this profile`;
  return [{ path: [...path, field], message }];
}
