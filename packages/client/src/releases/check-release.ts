import { compareSchemaVersion, type RoutingTable } from '@signalbox/contracts';
import { ReleaseError } from './release-error.ts';
import type { Installation } from './types.ts';

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

function checkAllowed({ allowed }: Pick<Installation, 'allowed'>, { targets }: RoutingTable): string[] {
  return Object.values(targets).flatMap(({ id, model, modelId, region, processingRegions }) => {
    const isGlobal = /(?:^|\/)global\./.test(modelId);
    const regions = new Set([region, ...(isGlobal ? [] : (processingRegions ?? []))]);
    return [
      ...(allowed.models.includes(model)
        ? []
        : [`target ${id}: ${model} is not one of AllowedModels; add it there and deploy the platform and inference, or use another model`]),
      ...[...regions]
        .filter((name) => !allowed.regions.includes(name))
        .map(
          (name) => `target ${id}: may run in ${name}, which is not one of AllowedRegions; add it there, or use another region or profile`,
        ),
      ...(processingRegions === null && !isGlobal
        ? [`target ${id}: nobody states where ${modelId} may run; state its processingRegions in the policy`]
        : []),
      ...(isGlobal && !allowed.globalProfiles
        ? [`target ${id}: ${modelId} is a global profile; set AllowGlobalProfiles, or use another`]
        : []),
    ];
  });
}

function checkReaders({ readers }: Pick<Installation, 'readers'>, { schemaVersion }: RoutingTable): string[] {
  return Object.entries(readers).flatMap(([service, understood]) =>
    compareSchemaVersion(schemaVersion, understood) === 'same-or-older-minor'
      ? []
      : [`${service} reads routing tables up to ${understood}, and this one is ${schemaVersion}; deploy the newer ${service} first`],
  );
}
