import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Aws } from '../kit/aws-program.ts';
import { adaptTemplate, type CloudFormationTemplate } from './adapt-template.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const BUCKET = 'bundles';
const WITHIN_MS = 60_000;

export const STAGE = 'local';

/** In the order in which they are installed: each finds the former by SSM. */
const STACKS: readonly { name: string; file: string; parameters?: Readonly<Record<string, string>> }[] = [
  { name: 'platform', file: 'template.yaml' },
  {
    name: 'inference',
    file: 'services/inference/template.yaml',
    parameters: {
      AllowedModels: `/signalbox/${STAGE}/allowed-models`,
      AllowedRegions: `/signalbox/${STAGE}/allowed-regions`,
      AllowedEndpoints: `/signalbox/${STAGE}/allowed-endpoints`,
      AllowGlobalProfiles: `/signalbox/${STAGE}/allow-global-profiles`,
    },
  },
  { name: 'gateway', file: 'services/gateway/template.yaml' },
];

/** Physical ids by logical id. */
export type Deployed = Readonly<Record<string, string>>;

/** Packages and deploys the project's templates with their bundles, as one does by `aws cloudformation`. Gives every resource's physical id. */
export async function deployStacks({ aws, folder }: { aws: Aws; folder: string }): Promise<Deployed> {
  await aws('s3', 'mb', `s3://${BUCKET}`);
  const deployed: Record<string, string> = {};
  for (const { name, file, parameters } of STACKS) {
    const packaged = await packageTemplate({ aws, name, file: join(ROOT, file), folder });
    const stack = `signalbox-${STAGE}-${name}`;
    const ending = await createStack({ aws, stack, template: packaged, parameters: { Stage: STAGE, ...parameters } });
    if (ending !== 'CREATE_COMPLETE') throw new Error(`ministack did not deploy ${file}: ${ending}`);
    Object.assign(deployed, await resourcesOf(aws, stack));
  }
  return deployed;
}

type Package = { aws: Aws; name: string; file: string; folder: string };

/** Puts each bundle into the bucket and its place there into the template. */
async function packageTemplate({ aws, name, file, folder }: Package): Promise<string> {
  const [adapted, packaged] = [join(folder, `${name}.json`), join(folder, `${name}.packaged.json`)];
  await writeFile(adapted, JSON.stringify(withAbsoluteCode(adaptTemplate({ file, stage: STAGE }), dirname(file))));
  const places = ['--template-file', adapted, '--s3-bucket', BUCKET, '--output-template-file', packaged, '--use-json'];
  await aws('cloudformation', 'package', ...places);
  return packaged;
}

function withAbsoluteCode(template: CloudFormationTemplate, folder: string): CloudFormationTemplate {
  for (const { Type: type, Properties: properties } of Object.values(template.Resources))
    if (type === 'AWS::Serverless::Function' && properties) properties.CodeUri = join(folder, String(properties.CodeUri));
  return template;
}

type Create = { aws: Aws; stack: string; template: string; parameters?: Readonly<Record<string, string>> };

/** How it ended: the state of the stack, and of one that failed why. */
export async function createStack({ aws, stack, template, parameters = {} }: Create): Promise<string> {
  const capabilities = ['--capabilities', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'];
  const values = Object.entries(parameters).map(([name, value]) => `ParameterKey=${name},ParameterValue=${value}`);
  const body = ['--template-body', `file://${template}`, '--on-failure', 'DO_NOTHING'];
  const given = values.length === 0 ? [] : ['--parameters', ...values];
  await aws('cloudformation', 'create-stack', '--stack-name', stack, ...body, ...capabilities, ...given);
  const endsAt = Date.now() + WITHIN_MS;
  for (;;) {
    const { Stacks: found } = await aws('cloudformation', 'describe-stacks', '--stack-name', stack);
    const status: string = found[0].StackStatus;
    if (status === 'CREATE_COMPLETE') return status;
    if (!status.endsWith('_IN_PROGRESS')) return `${status}: ${await reasonsOf(aws, stack)}`;
    if (Date.now() > endsAt) throw new Error(`${stack} is still ${status} after ${WITHIN_MS} ms`);
    await sleep(200);
  }
}

async function reasonsOf(aws: Aws, stack: string): Promise<string> {
  const { StackEvents: events } = await aws('cloudformation', 'describe-stack-events', '--stack-name', stack);
  const failed = events.filter(({ ResourceStatus: status }: { ResourceStatus: string }) => status.endsWith('_FAILED'));
  return failed.map(({ ResourceStatusReason: reason }: { ResourceStatusReason?: string }) => reason).join('; ');
}

async function resourcesOf(aws: Aws, stack: string): Promise<Deployed> {
  const { StackResources: resources } = await aws('cloudformation', 'describe-stack-resources', '--stack-name', stack);
  return Object.fromEntries(
    resources.map((resource: { LogicalResourceId: string; PhysicalResourceId: string }) => [
      resource.LogicalResourceId,
      resource.PhysicalResourceId,
    ]),
  );
}
