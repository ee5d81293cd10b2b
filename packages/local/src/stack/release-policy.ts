import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { loadCatalogue } from '@signalbox/catalogue';
import { RoutingTable } from '@signalbox/contracts';
import { type AllowedModels, compilePolicy, formatPolicyProblem } from '@signalbox/routing/policy';
import { parse } from 'yaml';
import { AwsError, type Log } from '../service.ts';
import type { Platform } from './platform.ts';

const RELEASED_FILE = 'released-policy';
const DESCRIPTION = 'policy/routing.yaml, at the start of the stack';
const S3_KEY = 'routing-table/current.json';

export type ReleaseInput = {
  platform: Pick<Platform, 'appConfig' | 's3' | 'sqs' | 'parameterStore' | 'stage'>;
  appConfig: { application: string; environment: string; profile: string };
  bucket: string;
  projectRoot: string;
  dataDirectory: string | undefined;
  log: Log;
};

/** Releases `policy/routing.yaml` at once, to AppConfig and to the copy in S3, and creates its reply queues. A policy already released stays as it is, or as people have changed it since. */
export async function releasePolicy(input: ReleaseInput): Promise<void> {
  const { platform, appConfig, bucket, projectRoot, dataDirectory, log } = input;
  const ids = { applicationId: appConfig.application, environmentId: appConfig.environment, profileId: appConfig.profile };
  const content = compile({ projectRoot, allowed: readAllowed(platform), log });
  const hash = createHash('sha256').update(content).digest('hex');
  const marker = dataDirectory === undefined ? undefined : join(dataDirectory, RELEASED_FILE);
  const isReleased = marker !== undefined && existsSync(marker) && readFileSync(marker, 'utf8') === hash;
  const latest = platform.appConfig.latest(ids);
  const isWanted = latest === undefined || (!isReleased && latest.content.toString() !== content);
  const isDone = !isWanted || (await deploy({ appConfig: platform.appConfig, ids, content, log }));
  if (isDone && marker !== undefined) writeFileSync(marker, hash);
  // Later releases write their own copy.
  if (isWanted && isDone) platform.s3.putObject(bucket, S3_KEY, content, 'application/json');
  // On AWS their readers own them; here there is nobody else to create them.
  for (const name of Object.values(RoutingTable.parse(JSON.parse(content)).replyQueues)) platform.sqs.createQueue(name);
}

type Deployment = {
  appConfig: Platform['appConfig'];
  ids: { applicationId: string; environmentId: string; profileId: string };
  content: string;
  log: Log;
};

/** False when somebody's release is still under way: it goes first, and ours waits for the next start. */
async function deploy({ appConfig, ids, content, log }: Deployment): Promise<boolean> {
  try {
    await appConfig.deployNow({
      ...ids,
      content,
      contentType: 'application/json',
      description: DESCRIPTION,
      label: `t-${versionOf(content)}`,
    });
    return true;
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ConflictException') throw error;
    log({ source: 'policy', level: 'warn', message: `policy/routing.yaml is not released: ${error.message}` });
    return false;
  }
}

function versionOf(content: string): string {
  return RoutingTable.parse(JSON.parse(content)).version;
}

/** What the platform's template lets a policy use, as it publishes it; anything in a project whose template publishes nothing. */
function readAllowed({ parameterStore, stage }: ReleaseInput['platform']): AllowedModels | undefined {
  const read = (name: string) => parameterStore.get(`/signalbox/${stage}/${name}`);
  const [models, regions] = [read('allowed-models'), read('allowed-regions')];
  if (models === undefined || regions === undefined) return undefined;
  return {
    models: models.split(','),
    regions: regions.split(','),
    endpoints: read('allowed-endpoints')?.split(','),
    globalProfiles: read('allow-global-profiles') === 'true',
  };
}

type Compilation = { projectRoot: string; allowed: AllowedModels | undefined; log: Log };

function compile({ projectRoot, allowed, log }: Compilation): string {
  const file = join(projectRoot, 'policy', 'routing.yaml');
  const overridesFile = join(projectRoot, 'policy', 'catalogue.yaml');
  const overrides: unknown = existsSync(overridesFile) ? parse(readFileSync(overridesFile, 'utf8')) : undefined;
  const result = compilePolicy({
    file: relative(projectRoot, file),
    text: readFileSync(file, 'utf8'),
    catalogue: loadCatalogue({ overrides }),
    allowed,
    today: new Date().toISOString().slice(0, 10),
  });
  if (result.kind === 'invalid')
    throw new Error(['The routing policy does not compile:', ...result.problems.map(formatPolicyProblem)].join('\n  '));
  for (const warning of result.warnings) log({ source: 'policy', level: 'warn', message: formatPolicyProblem(warning) });
  return JSON.stringify(result.table);
}
