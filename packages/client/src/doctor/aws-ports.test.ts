import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testStack } from '../testing/test-stack.ts';
import { createAwsPorts } from './aws-ports.ts';
import { explainError } from './explain-error.ts';

type Reply = { status?: number; json?: unknown; xml?: string };
type Call = { service: string; region: string; operation: string; url: string; body: string };

const HAIKU = 'anthropic.claude-haiku-4-5-20251001-v1:0';
const ROLE = 'arn:aws:iam::123456789012:role/worker';
const calls: Call[] = [];

/** AWS as far as the doctor asks it, on the wire. */
const server = createServer((request, response) => {
  void answer(request).then(({ status = 200, json, xml }) => {
    response.writeHead(status, {
      'content-type': xml ? 'text/xml' : 'application/json',
      ...(status === 501 && { 'x-amzn-errortype': 'NotImplementedException' }),
    });
    response.end(xml ?? JSON.stringify(json));
  });
});

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => server.close(resolve)));

function portsHere() {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return createAwsPorts({ kind: 'embedded', stack: { ...testStack, awsEndpointUrl: url } });
}

async function answer(request: IncomingMessage): Promise<Reply> {
  const [, region = '', service = ''] = /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
  let body = '';
  for await (const part of request) body += part;
  const operation =
    String(request.headers['x-amz-target'] ?? '')
      .split('.')
      .at(-1) ||
    (new URLSearchParams(body).get('Action') ?? '');
  const call = { service, region, operation, url: decodeURIComponent(request.url ?? ''), body };
  calls.push(call);
  return replyTo(call);
}

function replyTo({ service, operation, url, body }: Call): Reply {
  if (url.startsWith('/foundation-model-availability/'))
    return {
      json: {
        modelId: HAIKU,
        agreementAvailability: { status: 'PENDING' },
        authorizationStatus: 'AUTHORIZED',
        entitlementAvailability: 'NOT_AVAILABLE',
        regionAvailability: 'AVAILABLE',
      },
    };
  if (url.startsWith('/inference-profiles')) return profilesPage(url);
  if (operation === 'ListAWSDefaultServiceQuotas') return quotas({ Amazon: 10, Other: 1 });
  if (operation === 'ListServiceQuotas') return quotas({ Amazon: 400 });
  if (operation === 'SimulatePrincipalPolicy') return simulated(new URLSearchParams(body));
  if (operation === 'GetQueueAttributes') return { json: { Attributes: { ApproximateNumberOfMessages: '3' } } };
  if (service === 'sts')
    return {
      xml: '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/me</Arn><Account>1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
    };
  return { status: 501, json: { __type: 'NotImplementedException', message: 'not here' } };
}

/** Two pages for what the system defines, one for our own. */
function profilesPage(url: string): Reply {
  const { searchParams } = new URL(url, 'http://aws');
  const profile = (id: string) => ({
    inferenceProfileId: id,
    inferenceProfileArn: `arn:${id}`,
    inferenceProfileName: id,
    models: [],
    status: 'ACTIVE',
    type: 'SYSTEM_DEFINED',
  });
  if (searchParams.get('type') === 'APPLICATION') return { json: { inferenceProfileSummaries: [profile('own')] } };
  if (searchParams.get('nextToken') === 'more') return { json: { inferenceProfileSummaries: [profile('eu.b')] } };
  return { json: { inferenceProfileSummaries: [profile('us.a')], nextToken: 'more' } };
}

function quotas(values: Record<string, number>): Reply {
  return { json: { Quotas: Object.entries(values).map(([QuotaName, Value]) => ({ QuotaName, Value })) } };
}

/** Denies whatever is called in us-west-2. */
function simulated(input: URLSearchParams): Reply {
  const arns = [...input].filter(([key]) => key.startsWith('ResourceArns.member.')).map(([, arn]) => arn);
  const members = arns.map(
    (arn) =>
      `<member><EvalActionName>bedrock:InvokeModel</EvalActionName><EvalResourceName>${arn}</EvalResourceName><EvalDecision>${arn.includes('us-west-2') ? 'implicitDeny' : 'allowed'}</EvalDecision></member>`,
  );
  return {
    xml: `<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults>${members.join('')}</EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`,
  };
}

describe('createAwsPorts', () => {
  it('asks STS who we are', async () => {
    expect(await portsHere().identify()).toEqual({ arn: 'arn:aws:iam::1:user/me', accountId: '1' });
  });

  it('asks Bedrock for a model in the region where it is called', async () => {
    expect(await portsHere().availabilityOf({ region: 'eu-west-1', model: HAIKU })).toEqual({
      isInRegion: true,
      isAuthorized: true,
      isEntitled: false,
      agreement: 'PENDING',
    });
    expect(calls.at(-1)).toMatchObject({ service: 'bedrock', region: 'eu-west-1', url: `/foundation-model-availability/${HAIKU}` });
  });

  it('reads every page of the profiles, by id and by ARN', async () => {
    expect([...(await portsHere().listProfiles('us-east-1'))].sort()).toEqual(['arn:eu.b', 'arn:own', 'arn:us.a', 'eu.b', 'own', 'us.a']);
  });

  it('puts the quotas that apply over the default ones', async () => {
    expect(await portsHere().listQuotas('us-east-1')).toEqual([
      { name: 'Amazon', value: 400 },
      { name: 'Other', value: 1 },
    ]);
  });

  it('asks the simulator of IAM with the region of the call', async () => {
    const arns = ['arn:aws:bedrock:us-west-2::foundation-model/x', 'arn:aws:bedrock:us-west-2::foundation-model/y'];
    const denied = await portsHere().simulate({ roleArn: ROLE, actions: ['bedrock:InvokeModel'], arns, requestedRegion: 'us-west-2' });
    expect(denied.map(({ arn }) => arn)).toEqual(arns);
    const sent = new URLSearchParams(calls.at(-1)?.body);
    expect(sent.get('ContextEntries.member.1.ContextKeyName')).toBe('aws:RequestedRegion');
    expect(sent.get('ContextEntries.member.1.ContextKeyValues.member.1')).toBe('us-west-2');
    expect(sent.get('PolicySourceArn')).toBe(ROLE);
  });

  it('counts the messages of a queue by its URL', async () => {
    expect(await portsHere().countMessages('dead-letter')).toBe(3);
    expect(JSON.parse(calls.at(-1)?.body ?? '{}')).toMatchObject({ QueueUrl: testStack.queues.deadLetter });
  });

  it('asks once for what is not emulated, and takes the answer for that', async () => {
    const before = calls.length;
    const error = await portsHere()
      .readOverlay()
      .catch((reason: unknown) => reason);
    expect(calls.length - before).toBe(1);
    expect(explainError(error, { action: 'dynamodb:GetItem' })).toEqual({ status: 'skipped', found: 'not on the embedded stack' });
  });

  it('knows the roles of the workers of a stage', () => {
    const ports = createAwsPorts({ kind: 'aws', stage: 'prod' });
    expect(ports.rolesOf({ accountId: '1', partition: 'aws' })).toEqual(
      ['interactive', 'standard', 'bulk'].map((queue) => `arn:aws:iam::1:role/signalbox-prod-inference-process-${queue}`),
    );
  });
});
