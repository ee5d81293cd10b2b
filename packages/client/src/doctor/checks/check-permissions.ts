import type { RoutingTarget } from '@signalbox/contracts';
import { formatAmount } from '../../output/format-figures.ts';
import type { CallerIdentity, Denied, DoctorPorts } from '../doctor-ports.ts';
import { explainError } from '../explain-error.ts';
import type { Finding } from '../finding.ts';
import { type CallableArn, targetArns } from '../target-arns.ts';

/** What a call takes, by the service that an ARN belongs to. */
const ACTIONS: Readonly<Record<string, string[]>> = {
  bedrock: ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'],
  sagemaker: ['sagemaker:InvokeEndpoint', 'sagemaker:InvokeEndpointWithResponseStream'],
};
const DEPLOY_ADVICE = 'deploy the stack of inference (npm run deploy)';
const ADVICE =
  'add the model to AllowedModels or the endpoint to AllowedEndpoints, and the regions to AllowedRegions, of the platform stack and deploy inference again; or take the target out of the policy';

type Input = { targets: readonly RoutingTarget[]; identity: CallerIdentity; ports: Pick<DoctorPorts, 'rolesOf' | 'simulate'> };

/** Whether the roles that call models may call all that the table names, asked of IAM's own simulator. */
export async function checkPermissions({ targets, identity, ports }: Input): Promise<Finding[]> {
  const account = { accountId: identity.accountId, partition: identity.arn.split(':')[1] ?? 'aws' };
  const callable = targets.map((target) => ({ target: target.id, arns: targetArns(target, account) }));
  const all = callable.flatMap(({ arns }) => arns);
  try {
    const denied = (
      await Promise.all(ports.rolesOf(account).map((roleArn) => deniedTo({ roleArn, arns: all, simulate: ports.simulate })))
    ).flat();
    if (denied.length > 0) return callable.flatMap(({ target, arns }) => describe(target, arns, denied));
    return [
      {
        status: 'ok',
        found: `the roles of inference may call all ${formatAmount(new Set(all.map(({ arn }) => arn)).size, 'resource')} that the table names`,
      },
    ];
  } catch (error) {
    if ((error as Error).name === 'NoSuchEntityException')
      return [{ status: 'fail', found: `a role of inference is not there: ${(error as Error).message}`, advice: DEPLOY_ADVICE }];
    return [explainError(error, { action: 'iam:SimulatePrincipalPolicy' })];
  }
}

type DeniedTo = { roleArn: string; arns: readonly CallableArn[]; simulate: DoctorPorts['simulate'] };

/** Keeps the size of a question within what the simulator takes. */
const ARNS_PER_QUESTION = 100;

/** The simulator takes one region for all the resources of a question, and asks each of them about every action. */
async function deniedTo({ roleArn, arns, simulate }: DeniedTo): Promise<Denied[]> {
  const denied: Denied[] = [];
  for (const [key, group] of Map.groupBy(arns, ({ arn, requestedRegion }) => `${serviceOf(arn)} ${requestedRegion}`)) {
    const [service = '', requestedRegion = ''] = key.split(' ');
    const distinct = [...new Set(group.map(({ arn }) => arn))];
    // One after the other: IAM throttles early.
    for (let start = 0; start < distinct.length; start += ARNS_PER_QUESTION)
      denied.push(
        ...(await simulate({
          roleArn,
          actions: ACTIONS[service] ?? [],
          arns: distinct.slice(start, start + ARNS_PER_QUESTION),
          requestedRegion,
        })),
      );
  }
  return denied;
}

function serviceOf(arn: string): string {
  return arn.split(':')[2] ?? '';
}

function describe(target: string, arns: readonly CallableArn[], denied: readonly Denied[]): Finding[] {
  const own = [...new Set(denied.filter(({ arn }) => arns.some((callable) => callable.arn === arn)).map(({ arn }) => arn))];
  if (own.length === 0) return [];
  const more = own.length > 1 ? ` and ${formatAmount(own.length - 1, 'more resource')}` : '';
  return [{ status: 'fail', found: `${target}: inference may not call ${own[0]}${more}`, advice: ADVICE }];
}
