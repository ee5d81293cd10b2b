import type { ServiceQuota } from '@aws-sdk/client-service-quotas';
import { connectTo } from '../installation/connect-to.ts';
import { clientConfigOf, type Place } from '../installation/place.ts';
import { readOverlay } from '../installation/read-overlay.ts';
import { readRunningTable } from '../installation/read-running-table.ts';
import type { Installation } from '../releases/index.ts';
import {
  type CallerIdentity,
  type Denied,
  type DoctorPorts,
  type ModelAvailability,
  QUEUE_NAMES,
  type QueueName,
  type Quota,
  type SimulateInput,
} from './doctor-ports.ts';

/** The doctor's questions to AWS, or to the embedded stack. Each client is loaded when it is first asked. */
export function createAwsPorts(place: Place): DoctorPorts {
  let connected: Promise<Installation> | undefined;
  function connectOnce(): Promise<Installation> {
    connected ??= connectTo(place);
    return connected;
  }
  return {
    now: Date.now,
    nodeVersion: process.versions.node,
    findInstallation: async () => `${(await connectOnce()).name}${place.kind === 'embedded' ? ` at ${place.stack.awsEndpointUrl}` : ''}`,
    identify: () => identify(place),
    readRunningTable: async () => readRunningTable(await connectOnce()),
    readOverlay: () => readOverlay(place),
    countMessages: (queue) => countMessages(place, queue),
    availabilityOf: (model) => availabilityOf(place, model),
    listProfiles: (region) => listProfiles(place, region),
    listQuotas: (region) => listQuotas(place, region),
    rolesOf: ({ accountId, partition }) => rolesOf(place).map((role) => `arn:${partition}:iam::${accountId}:role/${role}`),
    simulate: (input) => simulate(place, input),
  };
}

async function identify(place: Place): Promise<CallerIdentity> {
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  using client = disposable(new STSClient(clientConfigOf(place)));
  const { Arn = '', Account = '' } = await client.send(new GetCallerIdentityCommand({}));
  return { arn: Arn, accountId: Account };
}

async function countMessages(place: Place, queue: QueueName): Promise<number> {
  const { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } = await import('@aws-sdk/client-sqs');
  using client = disposable(new SQSClient(clientConfigOf(place)));
  const url = place.kind === 'embedded' ? embeddedUrl(place, queue) : undefined;
  const QueueUrl = url ?? (await client.send(new GetQueueUrlCommand({ QueueName: `signalbox-${stageOf(place)}-${queue}` }))).QueueUrl;
  const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }));
  return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
}

function embeddedUrl({ stack }: Place & { kind: 'embedded' }, queue: QueueName): string {
  return stack.queues[queue === 'dead-letter' ? 'deadLetter' : queue];
}

async function availabilityOf(place: Place, { region, model }: { region: string; model: string }): Promise<ModelAvailability> {
  const { BedrockClient, GetFoundationModelAvailabilityCommand } = await import('@aws-sdk/client-bedrock');
  using client = disposable(new BedrockClient(clientConfigOf(place, { region })));
  const found = await client.send(new GetFoundationModelAvailabilityCommand({ modelId: model }));
  return {
    isInRegion: found.regionAvailability === 'AVAILABLE',
    isAuthorized: found.authorizationStatus === 'AUTHORIZED',
    isEntitled: found.entitlementAvailability === 'AVAILABLE',
    agreement: found.agreementAvailability?.status ?? 'not stated',
  };
}

async function listProfiles(place: Place, region: string): Promise<ReadonlySet<string>> {
  const { BedrockClient, paginateListInferenceProfiles } = await import('@aws-sdk/client-bedrock');
  using client = disposable(new BedrockClient(clientConfigOf(place, { region })));
  const names = new Set<string>();
  for (const typeEquals of ['SYSTEM_DEFINED', 'APPLICATION'] as const) {
    for await (const page of paginateListInferenceProfiles({ client, pageSize: 1_000 }, { typeEquals })) {
      for (const { inferenceProfileId = '', inferenceProfileArn = '' } of page.inferenceProfileSummaries ?? [])
        names.add(inferenceProfileId).add(inferenceProfileArn);
    }
  }
  return names;
}

async function listQuotas(place: Place, region: string): Promise<Quota[]> {
  const quotas = await import('@aws-sdk/client-service-quotas');
  using client = disposable(new quotas.ServiceQuotasClient(clientConfigOf(place, { region })));
  const input = { ServiceCode: 'bedrock' };
  // An account that never asked for more has defaults only; what applies to it goes over them.
  const byName = new Map<string, number>();
  for await (const page of quotas.paginateListAWSDefaultServiceQuotas({ client }, input)) noteQuotas(byName, page.Quotas);
  for await (const page of quotas.paginateListServiceQuotas({ client }, input)) noteQuotas(byName, page.Quotas);
  return [...byName].map(([name, value]) => ({ name, value }));
}

function noteQuotas(byName: Map<string, number>, quotas: readonly ServiceQuota[] = []): void {
  for (const { QuotaName, Value } of quotas) if (QuotaName !== undefined && Value !== undefined) byName.set(QuotaName, Value);
}

/** The workers of the three request queues are all that calls models. */
function rolesOf(place: Place): string[] {
  return QUEUE_NAMES.slice(0, 3).map((queue) => `signalbox-${stageOf(place)}-inference-process-${queue}`);
}

async function simulate(place: Place, { roleArn, actions, arns, requestedRegion }: SimulateInput): Promise<Denied[]> {
  const { IAMClient, paginateSimulatePrincipalPolicy } = await import('@aws-sdk/client-iam');
  using client = disposable(new IAMClient(clientConfigOf(place)));
  const ContextEntries = [
    { ContextKeyName: 'aws:RequestedRegion', ContextKeyType: 'string' as const, ContextKeyValues: [requestedRegion] },
  ];
  const denied: Denied[] = [];
  const pages = paginateSimulatePrincipalPolicy(
    { client },
    { PolicySourceArn: roleArn, ActionNames: actions, ResourceArns: arns, ContextEntries },
  );
  for await (const { EvaluationResults = [] } of pages) {
    for (const { EvalActionName = '', EvalResourceName = '', EvalDecision } of EvaluationResults)
      if (EvalDecision !== 'allowed') denied.push({ action: EvalActionName, arn: EvalResourceName });
  }
  return denied;
}

function stageOf(place: Place): string {
  return place.kind === 'aws' ? place.stage : 'local';
}

/** Lets go of the connections of a client when its function is done. */
function disposable<Client extends { destroy(): void }>(client: Client): Client & Disposable {
  return Object.assign(client, { [Symbol.dispose]: () => client.destroy() });
}
