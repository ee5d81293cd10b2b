import type { RoutingTarget } from '@signalbox/contracts';
import { formatAmount } from '../../output/format-figures.ts';
import type { DoctorPorts, ModelAvailability } from '../doctor-ports.ts';
import { explainError } from '../explain-error.ts';
import type { Finding } from '../finding.ts';

type Ports = Pick<DoctorPorts, 'availabilityOf' | 'listProfiles'>;

/** Whether the account may use each model of the table where the table calls it. */
export async function checkModelAccess(targets: readonly RoutingTarget[], ports: Ports): Promise<Finding[]> {
  const [models, profiles] = await Promise.all([checkModels(targets, ports), checkProfiles(targets, ports)]);
  const findings = [...models, ...profiles];
  if (findings.length > 0) return findings;
  return [{ status: 'ok', found: `${formatAmount(targets.length, 'target')}: every model may be used where it is called` }];
}

async function checkModels(targets: readonly RoutingTarget[], { availabilityOf }: Ports): Promise<Finding[]> {
  const calls = new Map(targets.map((target) => [`${target.model} in ${target.region}`, target]));
  const findings = [...calls].map(async ([name, { model, region }]): Promise<Finding[]> => {
    try {
      return describe(name, await availabilityOf({ model, region }));
    } catch (error) {
      return [named(name, explainError(error, { action: 'bedrock:GetFoundationModelAvailability' }))];
    }
  });
  return (await Promise.all(findings)).flat();
}

function describe(name: string, { isInRegion, isAuthorized, isEntitled, agreement }: ModelAvailability): Finding[] {
  if (!isInRegion)
    return [
      {
        status: 'fail',
        found: `${name}: the model is not offered there`,
        advice: 'change the region or the profile of its targets in the policy',
      },
    ];
  if (agreement === 'PENDING')
    return [
      { status: 'warn', found: `${name}: the agreement with the provider is being made`, advice: 'wait some 15 minutes and ask again' },
    ];
  if (agreement !== 'AVAILABLE')
    return [
      {
        status: 'fail',
        found: `${name}: there is no agreement with the provider (${agreement})`,
        advice: 'open the model in the Bedrock console and accept its terms; Anthropic asks for a use case first',
      },
    ];
  if (!isEntitled)
    return [
      { status: 'fail', found: `${name}: the account has no access`, advice: 'ask for access in the Bedrock console, under Model access' },
    ];
  if (!isAuthorized)
    return [
      {
        status: 'fail',
        found: `${name}: the account is not authorised`,
        advice: 'look for a service control policy of the organisation that forbids the model or the region',
      },
    ];
  return [];
}

async function checkProfiles(targets: readonly RoutingTarget[], { listProfiles }: Ports): Promise<Finding[]> {
  const byProfile = targets.filter(isByProfile);
  const regions = [...new Set(byProfile.map(({ region }) => region))];
  const findings = regions.map(async (region): Promise<Finding[]> => {
    try {
      const known = await listProfiles(region);
      return byProfile.filter((target) => target.region === region && !known.has(target.modelId)).map(missingProfile);
    } catch (error) {
      return [named(region, explainError(error, { action: 'bedrock:ListInferenceProfiles' }))];
    }
  });
  return (await Promise.all(findings)).flat();
}

function isByProfile({ model, modelId }: RoutingTarget): boolean {
  return modelId.startsWith('arn:') ? modelId.includes('inference-profile/') : modelId !== model;
}

function missingProfile({ id, modelId, region }: RoutingTarget): Finding {
  return {
    status: 'fail',
    found: `${id}: ${region} has no inference profile ${modelId}`,
    advice: 'change the profile or the region of the target in the policy; signalbox models show lists the profiles',
  };
}

function named(name: string, finding: Finding): Finding {
  return finding.status === 'skipped' ? finding : { ...finding, found: `${name}: ${finding.found}` };
}
