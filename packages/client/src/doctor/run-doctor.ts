import type { RoutingTarget } from '@signalbox/contracts';
import { checkCredentials } from './checks/check-credentials.ts';
import { checkModelAccess } from './checks/check-model-access.ts';
import { checkNode } from './checks/check-node.ts';
import { checkOverlay } from './checks/check-overlay.ts';
import { checkPermissions } from './checks/check-permissions.ts';
import { checkQueues } from './checks/check-queues.ts';
import { checkQuotas, type NamesOf } from './checks/check-quotas.ts';
import { checkRoutingTable } from './checks/check-routing-table.ts';
import type { CallerIdentity, DoctorPorts } from './doctor-ports.ts';
import { explainError } from './explain-error.ts';
import { type CheckResult, type Finding, skipped } from './finding.ts';

type DoctorInput = { ports: DoctorPorts; isEmbedded: boolean; namesOf: NamesOf };

const NO_INSTALLATION = skipped('there is no installation to ask');

/** Every check, each asked only when what it rests on is well. None of them changes anything, and none rejects. */
export async function runDoctor(input: DoctorInput): Promise<CheckResult[]> {
  const { ports } = input;
  const credentials = await checkCredentials(ports);
  const installation = isFine(credentials) ? await checkInstallation(ports) : [skipped('there are no credentials to ask with')];
  const rest = isFine(installation) ? await checkParts(input) : PART_NAMES.map((check) => ({ check, findings: [NO_INSTALLATION] }));
  return [
    { check: 'Node.js', findings: checkNode(ports.nodeVersion) },
    { check: 'credentials', findings: credentials },
    { check: 'installation', findings: installation },
    ...rest,
  ];
}

const PART_NAMES = ['routing table', 'overlay', 'queues', 'model access', 'quotas', 'permissions'] as const;

async function checkParts({ ports, isEmbedded, namesOf }: DoctorInput): Promise<CheckResult[]> {
  const [{ findings, running }, overlay, queues] = await Promise.all([checkRoutingTable(ports), checkOverlay(ports), checkQueues(ports)]);
  const targets = running && Object.values(running.table.targets);
  const onAws = async (check: (targets: RoutingTarget[]) => Promise<Finding[]>) => {
    if (isEmbedded) return [skipped('not on the embedded stack')];
    return targets ? check(targets) : [skipped('there is no routing table to go by')];
  };
  const [access, quotas, permissions] = await Promise.all([
    onAws((all) => checkModelAccess(all.filter(isAtBedrock), ports)),
    onAws((all) => checkQuotas({ targets: all.filter(isAtBedrock), namesOf, ports })),
    onAws((all) => withIdentity(ports, (identity) => checkPermissions({ targets: all, identity, ports }))),
  ]);
  const found = [findings, overlay, queues, access, quotas, permissions];
  return PART_NAMES.map((check, index) => ({ check, findings: found[index] ?? [] }));
}

/** Of other targets' models the account has no access or quota at Bedrock to ask for. */
function isAtBedrock({ kind }: RoutingTarget): boolean {
  return kind === 'bedrock';
}

async function checkInstallation({ findInstallation }: DoctorPorts): Promise<Finding[]> {
  try {
    return [{ status: 'ok', found: await findInstallation() }];
  } catch (error) {
    return [explainError(error, { action: 'ssm:GetParametersByPath', isNeeded: true })];
  }
}

async function withIdentity({ identify }: DoctorPorts, check: (identity: CallerIdentity) => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check(await identify());
  } catch (error) {
    return [explainError(error, { action: 'sts:GetCallerIdentity' })];
  }
}

function isFine(findings: readonly Finding[]): boolean {
  return findings.every(({ status }) => status === 'ok');
}
