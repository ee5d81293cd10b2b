import {
  type Catalogue,
  hasCapability,
  inputModalitiesOf,
  type Model,
  type Profile,
  priceOf,
  processingRegions,
  profileOf,
} from '@signalbox/catalogue';
import type { Price } from '@signalbox/contracts';
import { isCapability } from './capability.ts';
import type { PolicyTarget } from './policy-target.ts';
import { readModelName } from './read-model-name.ts';
import type { Readable } from './read-policy.ts';

/** A target with its model: the catalogue's facts, and over them what the policy states. */
export type ResolvedTarget = {
  id: string;
  written: Readable<PolicyTarget>;
  model: Model;
  /** The inference profile that is called; undefined for a call to the model itself, and for an ARN that the catalogue cannot know. */
  profile: Profile | undefined;
  /** The model id that is sent. */
  modelId: string;
  region: string;
  inputModalities: readonly string[];
  contextTokens: number | null;
  maxOutputTokens: number | null;
  /** Null when content may be processed anywhere, or nobody knows where. */
  processingRegions: readonly string[] | null;
  price: Price;
  /** Which price that is, in words. */
  priceBasis: string;
};

type ResolveInput = { id: string; target: Readable<PolicyTarget>; catalogue: Catalogue };

/** The target with everything that is known of it; undefined while its model, profile or region is not one. */
export function resolveTarget({ id, target, catalogue }: ResolveInput): ResolvedTarget | undefined {
  const name = target.model === undefined ? undefined : readModelName(catalogue, target.model);
  if (name?.kind !== 'model' || target.region === undefined) return undefined;
  const { model } = name;
  const { region } = target;
  const called = readCall({ target, catalogue, model });
  if (!called) return undefined;
  const { profile, modelId } = called;
  const place = { region, ...(profile && { profile }) };
  const known = priceOf(model, { ...place, ...(target.serviceTier && { tier: target.serviceTier }) });
  return {
    id,
    written: target,
    model,
    profile,
    modelId,
    region,
    inputModalities: target.inputModalities ?? inputModalitiesOf(model),
    contextTokens: target.contextTokens === undefined ? model.limits.contextTokens : target.contextTokens,
    maxOutputTokens: target.maxOutputTokens === undefined ? model.limits.maxOutputTokens : target.maxOutputTokens,
    processingRegions: target.processingRegions ?? (called.isOpaque ? null : processingRegions({ model, ...place })),
    price: target.price ?? known.price,
    priceBasis: target.price ? 'as the policy states' : known.basis,
  };
}

/** True or false as the policy states it, else as the catalogue does; null when neither knows. */
export function canDo({ written, model }: ResolvedTarget, capability: string): boolean | null {
  if (written.capabilities) return written.capabilities.includes(capability);
  return isCapability(capability) ? hasCapability(model, capability) : null;
}

type Call = { modelId: string; profile?: Profile | undefined /** Where it runs cannot be told from the id. */; isOpaque?: true };

function readCall({ target, catalogue, model }: { target: Readable<PolicyTarget>; catalogue: Catalogue; model: Model }): Call | undefined {
  if (target.modelId !== undefined) return readModelId(target.modelId, catalogue);
  if ('profile' in target && target.profile === undefined) return undefined;
  if (target.profile === undefined) return { modelId: model.id };
  const profile = profileOf(model, target.profile);
  return profile && { modelId: profile.id, profile };
}

/** The ARN of a profile of the account does not say what is behind it; other ARNs stay in their region. */
function readModelId(modelId: string, catalogue: Catalogue): Call {
  const name = readModelName(catalogue, modelId);
  if (name.kind === 'profile') return { modelId, profile: name.profile };
  return /:(application-inference-profile|inference-profile|prompt-router|default-prompt-router)\//.test(modelId)
    ? { modelId, isOpaque: true }
    : { modelId };
}
