import { compareSchemaVersion, type RoutingTable, type RoutingTarget } from '@signalbox/contracts';
import { allowsEndpoint } from '@signalbox/routing/allows-endpoint';
import { ReleaseError } from './release-error.ts';
import type { Allowed, Installation } from './types.ts';

/** Refuses a table that the installation does not let run or that one of its readers would not understand, with everything wrong at once. */
export function checkRelease(installation: Pick<Installation, 'name' | 'allowed' | 'readers'>, table: RoutingTable): void {
  const problems = [...checkAllowed(installation, table), ...checkReaders(installation, table)];
  if (problems.length === 0) return;
  throw new ReleaseError({
    kind: 'refused',
    message: `The routing table ${table.version} cannot be released to ${installation.name}:`,
    problems,
  });
}

function checkAllowed({ allowed }: Pick<Installation, 'allowed'>, { targets, routes }: RoutingTable): string[] {
  return [
    ...Object.values(targets).flatMap((target) => checkTarget(target, allowed)),
    ...Object.values(routes).flatMap(({ name, guardrail }) =>
      guardrail && !allowed.regions.includes(guardrail.region)
        ? [
            `route ${name}: its guardrail is in ${guardrail.region}, which is not one of AllowedRegions; add it there, or use another guardrail`,
          ]
        : [],
    ),
  ];
}

/** A server that is called by its key is no matter of the roles. */
function checkTarget(target: RoutingTarget, allowed: Allowed): string[] {
  if (target.kind === 'openai') return [];
  return [
    ...(target.kind === 'sagemaker' ? checkEndpoint(target, allowed) : checkModel(target, allowed)),
    ...checkRegions(target, allowed),
  ];
}

function checkEndpoint({ id, modelId }: RoutingTarget, { endpoints = [] }: Allowed): string[] {
  if (allowsEndpoint(endpoints, modelId)) return [];
  return [
    `target ${id}: the endpoint ${modelId} is not one of AllowedEndpoints; add it there and deploy the platform and inference, or use another`,
  ];
}

function checkModel({ id, model, modelId, processingRegions }: RoutingTarget, { models, globalProfiles }: Allowed): string[] {
  return [
    ...(models.includes(model)
      ? []
      : [`target ${id}: ${model} is not one of AllowedModels; add it there and deploy the platform and inference, or use another model`]),
    ...(processingRegions === null && !isGlobal(modelId)
      ? [`target ${id}: nobody states where ${modelId} may run; state its processingRegions in the policy`]
      : []),
    ...(isGlobal(modelId) && !globalProfiles
      ? [`target ${id}: ${modelId} is a global profile; set AllowGlobalProfiles, or use another`]
      : []),
  ];
}

/** For SageMaker the region that is called is all that IAM sees. */
function checkRegions({ id, kind, modelId, region, processingRegions }: RoutingTarget, { regions }: Allowed): string[] {
  const processed = kind === 'sagemaker' || isGlobal(modelId) ? [] : (processingRegions ?? []);
  return [...new Set([region, ...processed])]
    .filter((name) => !regions.includes(name))
    .map((name) => `target ${id}: may run in ${name}, which is not one of AllowedRegions; add it there, or use another region or profile`);
}

function isGlobal(modelId: string): boolean {
  return /(?:^|\/)global\./.test(modelId);
}

function checkReaders({ readers }: Pick<Installation, 'readers'>, { schemaVersion }: RoutingTable): string[] {
  return Object.entries(readers).flatMap(([service, understood]) =>
    compareSchemaVersion(schemaVersion, understood) === 'same-or-older-minor'
      ? []
      : [`${service} reads routing tables up to ${understood}, and this one is ${schemaVersion}; deploy the newer ${service} first`],
  );
}
