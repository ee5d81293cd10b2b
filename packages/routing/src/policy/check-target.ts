import { CAPABILITIES } from '@signalbox/catalogue';
import { isCapability } from './capability.ts';
import { checkAllowed } from './check-allowed.ts';
import { checkCallable } from './check-callable.ts';
import { checkFacts } from './check-facts.ts';
import { checkHealth } from './check-health.ts';
import { checkKind } from './check-kind.ts';
import { checkLifeCycle } from './check-life-cycle.ts';
import { checkOverrides } from './check-overrides.ts';
import { suggestName } from './closest-name.ts';
import type { CompileInput } from './compile-options.ts';
import type { Finding } from './finding.ts';
import { listWords } from './list-words.ts';
import type { PolicyDefaults } from './policy-route.ts';
import type { PolicyTarget } from './policy-target.ts';
import { readModelName } from './read-model-name.ts';
import type { Readable } from './read-policy.ts';
import type { ResolvedTarget } from './resolve-target.ts';
import { kindOf } from './target-kind.ts';

export type TargetInput = Pick<CompileInput, 'catalogue' | 'allowed' | 'today'> & {
  id: string;
  target: Readable<PolicyTarget>;
  /** Undefined while the model, the profile or the region is not one. */
  resolved: ResolvedTarget | undefined;
  classes: readonly string[] | undefined;
  /** Undefined when nobody knows what targets inherit. */
  defaults: PolicyDefaults | undefined;
};

/** Whether a target is a way to call a model that exists, is allowed, and will be there for a while. */
export function checkTarget(input: TargetInput): Finding[] {
  const { resolved, allowed } = input;
  return [
    ...checkClass(input),
    ...checkKind(input),
    ...checkModelName(input),
    ...checkCapabilities(input),
    ...checkRateLimits(input),
    ...checkOwnHealth(input),
    ...(kindOf(input.target) === 'bedrock' ? checkAtBedrock(input) : []),
    ...(resolved ? [...checkFacts(resolved), ...checkAllowed(resolved, allowed)] : []),
  ];
}

/** What the catalogue knows holds at Bedrock: elsewhere a model lives by its server's rules. */
function checkAtBedrock(input: TargetInput): Finding[] {
  const { resolved } = input;
  return [...checkModelId(input), ...checkLifeCycle(input), ...checkCallable(input), ...(resolved ? checkOverrides(resolved) : [])];
}

function checkClass({ id, target, classes }: TargetInput): Finding[] {
  if (!classes || target.class === undefined || classes.includes(target.class)) return [];
  const message = `names the class "${target.class}", which classes does not list${suggestName(target.class, classes)}`;
  return [{ path: ['targets', id, 'class'], message }];
}

function checkModelName({ id, target, catalogue }: TargetInput): Finding[] {
  if (target.model === undefined) return [];
  const path = ['targets', id, 'model'];
  const name = readModelName(catalogue, target.model);
  if (name.kind === 'model') return [];
  const kind = kindOf(target);
  if (name.kind === 'profile') {
    const rest = kind === 'bedrock' ? `profile: ${name.profile.prefix}` : 'what the server calls it as modelId';
    const message = `is the inference profile "${name.profile.prefix}" of a model; write model: ${name.model.id} and ${rest}`;
    return [{ path, message }];
  }
  // Servers and endpoints have models of their own.
  if (kind !== 'bedrock') return [];
  const { suggestions } = name;
  const advice =
    suggestions.length > 0
      ? `did you mean ${listWords(
          suggestions.slice(0, 3).map((suggestion) => `"${suggestion}"`),
          'or',
        )}?`
      : 'write the id of a model that it has, or describe this one in policy/catalogue.yaml';
  return [{ path, message: `names the model "${target.model}", which the catalogue does not have; ${advice}` }];
}

function checkModelId({ id, target, catalogue, resolved }: TargetInput): Finding[] {
  if (target.modelId === undefined) return [];
  const path = ['targets', id, 'modelId'];
  if (target.profile !== undefined) return [{ path, message: 'stands beside profile, and both say what is sent; remove one', at: 'key' }];
  const name = readModelName(catalogue, target.modelId);
  if (name.kind !== 'unknown' && resolved && name.model.id !== resolved.model.id) {
    return [{ path, message: `is the model ${name.model.id}, and model says ${resolved.model.id}; make them the same` }];
  }
  const [, region] = /^arn:aws[a-z-]*:bedrock:([a-z0-9-]+):/.exec(target.modelId) ?? [];
  if (region !== undefined && target.region !== undefined && region !== target.region) {
    return [{ path, message: `is in ${region}, and the target calls ${target.region}, where it does not exist; write region: ${region}` }];
  }
  if (name.kind !== 'unknown' || target.modelId.startsWith('arn:')) return [];
  const message =
    'is neither an ARN nor an id that the catalogue knows; write the ARN of a profile, of provisioned throughput or of a deployment';
  return [{ path, message }];
}

function checkCapabilities({ id, target }: TargetInput): Finding[] {
  return unknownCapabilities(target.capabilities ?? [], ['targets', id, 'capabilities']);
}

/** Names that are no capability: a request that needs one would never be sent there. */
export function unknownCapabilities(names: readonly string[], path: readonly (string | number)[]): Finding[] {
  return names.flatMap((name, index) =>
    isCapability(name)
      ? []
      : [{ path: [...path, index], message: `names "${name}", which is no capability${suggestName(name, CAPABILITIES)}` }],
  );
}

function checkRateLimits({ id, target: { rateLimits } }: TargetInput): Finding[] {
  if (!rateLimits || Object.keys(rateLimits).length > 0) return [];
  return [{ path: ['targets', id, 'rateLimits'], message: 'is empty; write requestsPerMinute, tokensPerMinute or both, or remove it' }];
}

function checkOwnHealth({ id, target, defaults }: TargetInput): Finding[] {
  return defaults ? checkHealth({ own: target.health, defaults: defaults.health, path: ['targets', id, 'health'] }) : [];
}
