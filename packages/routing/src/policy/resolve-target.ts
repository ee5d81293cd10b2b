import {
  type Catalogue,
  hasCapability,
  inputModalitiesOf,
  type Model,
  type Profile,
  priceOf,
  processingRegions,
  profileOf,
  unlistedModel,
} from '@signalbox/catalogue';
import type { Price } from '@signalbox/contracts';
import { isBedrockServer } from './base-url.ts';
import { isCapability } from './capability.ts';
import type { PolicyTarget } from './policy-target.ts';
import { readModelName } from './read-model-name.ts';
import type { Readable } from './read-policy.ts';
import { EXTERNAL_REGION, kindOf, type TargetKind } from './target-kind.ts';

/** A target with its model: the catalogue's facts, and over them what the policy states. */
export type ResolvedTarget = {
  id: string;
  written: Readable<PolicyTarget>;
  kind: TargetKind;
  model: Model;
  /** False for a model that only its server or endpoint knows: what the policy does not state of it is unknown. */
  isListed: boolean;
  /** The inference profile that is called; undefined for a call to the model itself, and for an ARN that the catalogue cannot know. */
  profile: Profile | undefined;
  /** The model id that is sent; of SageMaker the endpoint's name. */
  modelId: string;
  /** `external` for a server of which nobody says where it is. */
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

/** The target with everything that is known of it; undefined while what is called, or where, is not stated. */
export function resolveTarget({ id, target, catalogue }: ResolveInput): ResolvedTarget | undefined {
  const kind = kindOf(target);
  const found = kind && findModel(kind, target.model, catalogue);
  const region = target.region ?? (kind === 'openai' && !('region' in target) ? EXTERNAL_REGION : undefined);
  if (!kind || !found || region === undefined) return undefined;
  const { model, isListed } = found;
  const called = readCall({ kind, target, catalogue, model });
  if (!called) return undefined;
  const { profile, modelId } = called;
  const place = { region, ...(profile && { profile }) };
  const known = isBilledByBedrock(kind, target)
    ? priceOf(model, { ...place, ...(target.serviceTier && { tier: target.serviceTier }) })
    : NO_PRICE;
  return {
    id,
    written: target,
    kind,
    model,
    isListed,
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

const NO_PRICE = { price: { inputPerMTokens: null, outputPerMTokens: null }, basis: 'nobody has stated it' };

/** Elsewhere a model of the same name costs something else. */
function isBilledByBedrock(kind: TargetKind, { baseUrl }: Readable<PolicyTarget>): boolean {
  return kind === 'bedrock' || (baseUrl !== undefined && isBedrockServer(baseUrl));
}

/** Bedrock has the models of the catalogue; a server or an endpoint may have any. */
function findModel(kind: TargetKind, named: string | undefined, catalogue: Catalogue): { model: Model; isListed: boolean } | undefined {
  const name = named === undefined ? undefined : readModelName(catalogue, named);
  if (name?.kind === 'model') return { model: name.model, isListed: true };
  return named !== undefined && name?.kind === 'unknown' && kind !== 'bedrock'
    ? { model: unlistedModel(named), isListed: false }
    : undefined;
}

/** True or false as the policy states it, else as the catalogue does; null when neither knows. */
export function canDo({ written, model }: ResolvedTarget, capability: string): boolean | null {
  if (written.capabilities) return written.capabilities.includes(capability);
  return isCapability(capability) ? hasCapability(model, capability) : null;
}

type Call = { modelId: string; profile?: Profile | undefined /** Where it runs cannot be told from the id. */; isOpaque?: true };

type CallInput = { kind: TargetKind; target: Readable<PolicyTarget>; catalogue: Catalogue; model: Model };

function readCall({ kind, target, catalogue, model }: CallInput): Call | undefined {
  if (kind === 'sagemaker') return target.endpoint === undefined ? undefined : { modelId: target.endpoint };
  // Where a server runs its models nobody knows but who states it.
  if (kind === 'openai') return target.baseUrl === undefined ? undefined : { modelId: target.modelId ?? model.id, isOpaque: true };
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
