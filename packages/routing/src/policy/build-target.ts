import { CAPABILITIES } from '@signalbox/catalogue';
import type { RoutingTarget } from '@signalbox/contracts';
import type { Measurements } from './compile-options.ts';
import { contentHash } from './content-hash.ts';
import type { PolicyDefaults } from './policy-route.ts';
import { resolveHealth } from './resolve-health.ts';
import { canDo, type ResolvedTarget } from './resolve-target.ts';

const DEFINITION_DIGITS = 8;

export type TargetBuild = { target: ResolvedTarget; defaults: PolicyDefaults; measurements: Measurements | undefined };

/** A target as the table has it, of a policy in which nothing was found wrong. */
export function buildTarget({ target, defaults, measurements }: TargetBuild): RoutingTarget {
  const { id, written, model, modelId, region } = target;
  const { class: className, rateLimits } = written;
  if (className === undefined) throw notReadWhole(id);
  const languages = model.languages?.tags;
  const measured = measuredOf(measurements?.[id] ?? measurements?.[model.id]);
  const health = resolveHealth(written.health, defaults.health);
  return {
    id,
    ...callOf(target),
    model: model.id,
    modelId,
    region,
    class: className,
    capabilities: (written.capabilities ?? CAPABILITIES).filter((capability) => canDo(target, capability)),
    inputModalities: [...target.inputModalities],
    contextTokens: target.contextTokens,
    maxOutputTokens: target.maxOutputTokens,
    price: target.price,
    ...placeOf(target),
    ...(languages && { languages: [...languages] }),
    ...(rateLimits && { rateLimits }),
    ...(measured && { measured }),
    ...(health && { health }),
    definition: contentHash(definitionOf(target), DEFINITION_DIGITS),
  };
}

/** What only targets of its kind have. */
function callOf({ id, kind, written }: ResolvedTarget) {
  const { serviceTier, baseUrl, apiKey, maxTokensField, component } = written;
  if (kind === 'bedrock') return { kind, ...(serviceTier && { serviceTier }) };
  if (kind === 'sagemaker') return { kind, ...(component !== undefined && { component }) };
  if (baseUrl === undefined) throw notReadWhole(id);
  return { kind, baseUrl, ...(apiKey && { apiKey }), ...(maxTokensField && { maxTokensField }) };
}

/** For Bedrock absent where it stays in the region that is called, which readers see from its id; of others it is always said. */
function placeOf({ kind, region, processingRegions }: ResolvedTarget): Pick<RoutingTarget, 'processingRegions'> {
  const isAtHome = kind === 'bedrock' && processingRegions?.length === 1 && processingRegions[0] === region;
  return isAtHome ? {} : { processingRegions: processingRegions && [...processingRegions] };
}

/** What makes a target what it is. A key may be renewed, and a field renamed, without making it another one. */
function definitionOf({ kind, modelId, region, written: { serviceTier, baseUrl, component } }: ResolvedTarget) {
  if (kind === 'bedrock') return { kind, modelId, region, serviceTier };
  return kind === 'openai' ? { kind, modelId, baseUrl } : { kind, modelId, region, component };
}

function notReadWhole(id: string): Error {
  return new Error(`Target "${id}" was not read whole: a policy is built only when nothing was found wrong`);
}

function measuredOf(measurement: Measurements[string] | undefined): RoutingTarget['measured'] {
  if (measurement?.latencyMs === undefined && measurement?.quality === undefined) return undefined;
  const { latencyMs, quality } = measurement;
  return { ...(latencyMs !== undefined && { latencyMs }), ...(quality !== undefined && { quality }) };
}
