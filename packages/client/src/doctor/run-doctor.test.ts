import { describe, expect, it } from 'vitest';
import { testTable, testTarget } from '../testing/test-table.ts';
import type { DoctorPorts } from './doctor-ports.ts';
import { runDoctor } from './run-doctor.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const haiku = 'anthropic.claude-haiku-4-5-20251001-v1:0';
const table = testTable({
  targets: [
    testTarget({ id: 'nova-lite', rateLimits: { requestsPerMinute: 500 } }),
    testTarget({ id: 'haiku', model: haiku, modelId: `us.${haiku}`, processingRegions: ['us-east-1', 'us-west-2'] }),
  ],
});

function portsWith(own: Partial<DoctorPorts> = {}): DoctorPorts {
  return {
    now: () => NOW,
    nodeVersion: '24.21.0',
    findInstallation: async () => 'stage prod in us-east-1',
    identify: async () => ({ arn: 'arn:aws:sts::123456789012:assumed-role/admin/me', accountId: '123456789012' }),
    readRunningTable: async () => ({ table, number: 7, since: new Date(NOW - 7_200_000) }),
    readOverlay: async () => undefined,
    countMessages: async () => 0,
    availabilityOf: async () => ({ isInRegion: true, isAuthorized: true, isEntitled: true, agreement: 'AVAILABLE' }),
    listProfiles: async () => new Set([`us.${haiku}`]),
    listQuotas: async () => [{ name: 'On-demand model inference requests per minute for Amazon Nova Lite', value: 1_000 }],
    rolesOf: ({ accountId, partition }) => [`arn:${partition}:iam::${accountId}:role/worker`],
    simulate: async () => [],
    ...own,
  };
}

const namesOf = (model: string) => (model === haiku ? ['Anthropic Claude Haiku 4.5'] : ['Amazon Nova Lite']);

async function diagnose(own: Partial<DoctorPorts> = {}, isEmbedded = false) {
  const checks = await runDoctor({ ports: portsWith(own), isEmbedded, namesOf });
  return Object.fromEntries(checks.map(({ check, findings }) => [check, findings]));
}

const failure = (name: string, message = 'no', more: object = {}) => Object.assign(new Error(message), { name, ...more });
const rejecting = (error: Error) => async () => {
  throw error;
};

/** What is wrong, the check that finds it, and how it says so. */
const FINDINGS: [string, Partial<DoctorPorts>, string, string, string][] = [
  ['an old Node.js', { nodeVersion: '20.20.2' }, 'Node.js', 'fail', 'cannot run TypeScript'],
  ['no release yet', { readRunningTable: async () => undefined }, 'routing table', 'fail', 'no routing table was released yet'],
  [
    'a right that is missing for the table',
    { readRunningTable: rejecting(failure('AccessDeniedException')) },
    'routing table',
    'fail',
    'you may not call appconfig',
  ],
  [
    'dead letters',
    { countMessages: async (queue) => (queue === 'dead-letter' ? 3 : 0) },
    'queues',
    'warn',
    '3 messages on the dead-letter queue',
  ],
  [
    'a queue that is not there',
    { countMessages: rejecting(failure('QueueDoesNotExist')) },
    'queues',
    'fail',
    'interactive: sqs:GetQueueAttributes failed: QueueDoesNotExist',
  ],
  [
    'no network',
    { readOverlay: rejecting(failure('Error', 'connect', { code: 'ECONNREFUSED' })) },
    'overlay',
    'fail',
    'nothing answers (ECONNREFUSED)',
  ],
  ['an expired session', { readOverlay: rejecting(failure('ExpiredTokenException')) }, 'overlay', 'fail', 'session has expired'],
  [
    'a model that is not in the region',
    { availabilityOf: async () => ({ isInRegion: false, isAuthorized: true, isEntitled: true, agreement: 'AVAILABLE' }) },
    'model access',
    'fail',
    'amazon.nova-lite-v1:0 in us-east-1: the model is not offered there',
  ],
  [
    'an agreement that is missing',
    { availabilityOf: async () => ({ isInRegion: true, isAuthorized: true, isEntitled: true, agreement: 'NOT_AVAILABLE' }) },
    'model access',
    'fail',
    'no agreement with the provider (NOT_AVAILABLE)',
  ],
  [
    'an agreement under way',
    { availabilityOf: async () => ({ isInRegion: true, isAuthorized: true, isEntitled: false, agreement: 'PENDING' }) },
    'model access',
    'warn',
    'is being made',
  ],
  [
    'no access',
    { availabilityOf: async () => ({ isInRegion: true, isAuthorized: true, isEntitled: false, agreement: 'AVAILABLE' }) },
    'model access',
    'fail',
    'the account has no access',
  ],
  [
    'an organisation that forbids it',
    { availabilityOf: async () => ({ isInRegion: true, isAuthorized: false, isEntitled: true, agreement: 'AVAILABLE' }) },
    'model access',
    'fail',
    'not authorised',
  ],
  [
    'a profile that is not there',
    { listProfiles: async () => new Set<string>() },
    'model access',
    'fail',
    `haiku: us-east-1 has no inference profile us.${haiku}`,
  ],
  [
    'access that may not be asked for',
    { availabilityOf: rejecting(failure('AccessDeniedException')) },
    'model access',
    'warn',
    'you may not call bedrock:GetFoundationModelAvailability',
  ],
  [
    'a quota of nothing',
    { listQuotas: async () => [{ name: 'Cross-region model inference tokens per minute for Anthropic Claude Haiku 4.5', value: 0 }] },
    'quotas',
    'fail',
    'haiku: the account may make 0 tokens per minute in us-east-1',
  ],
  [
    'a quota below the policy',
    { listQuotas: async () => [{ name: 'On-demand model inference requests per minute for Amazon Nova Lite', value: 100 }] },
    'quotas',
    'warn',
    'the policy says 500 requests per minute, the account has 100',
  ],
  [
    'quotas of other models',
    { listQuotas: async () => [{ name: 'On-demand model inference requests per minute for Amazon Nova Pro', value: 1 }] },
    'quotas',
    'skipped',
    'names no quota',
  ],
];

describe('runDoctor', () => {
  it('finds nothing wrong with an installation that is well', async () => {
    const found = await diagnose();
    expect(
      Object.values(found)
        .flat()
        .map(({ status }) => status),
    ).toEqual(
      Object.values(found)
        .flat()
        .map(() => 'ok'),
    );
    expect(found['routing table']?.[0]?.found).toBe('version v1 in force, for 2 hours (release 7: 1 route, 2 targets)');
    expect(found.permissions?.[0]?.found).toBe('the roles of inference may call all 4 resources that the table names');
  });

  it('skips on the embedded stack what it does not emulate, without a call', async () => {
    const notAsked = rejecting(new Error('must not be asked'));
    const found = await diagnose({ availabilityOf: notAsked, listProfiles: notAsked, listQuotas: notAsked, simulate: notAsked }, true);
    for (const check of ['model access', 'quotas', 'permissions'])
      expect(found[check]).toEqual([{ status: 'skipped', found: 'not on the embedded stack' }]);
    expect(found.queues?.[0]?.status).toBe('ok');
  });

  it('takes a 501 for not emulated, never for a failure', async () => {
    const found = await diagnose({ countMessages: rejecting(failure('NotImplementedException')) });
    expect(new Set(found.queues?.map(({ status }) => status))).toEqual(new Set(['skipped']));
  });

  it('asks nothing more when there are no credentials', async () => {
    const found = await diagnose({ identify: rejecting(failure('CredentialsProviderError', 'Could not load credentials')) });
    expect(found.credentials?.[0]).toMatchObject({ status: 'fail', found: 'no AWS credentials were found' });
    expect(found.installation?.[0]?.status).toBe('skipped');
    expect(found.permissions?.[0]).toMatchObject({ status: 'skipped', found: 'there is no installation to ask' });
  });

  it.each(FINDINGS)('says of %s what is wrong', async (_, ports, check, status, text) => {
    const found = (await diagnose(ports))[check]?.find((finding) => finding.status === status);
    expect(found?.found).toContain(text);
  });

  // What to do about a filling queue stands with the alarm that it raises.
  it.each(FINDINGS.filter(([, , check, status]) => status === 'fail' && check !== 'queues'))(
    'says of %s what to do',
    async (_, ports, check) => {
      const found = (await diagnose(ports))[check]?.find(({ status }) => status === 'fail');
      expect(found?.advice).toMatch(/\w{3}/);
    },
  );

  it('names the targets whose calls IAM would deny, once each, with the region asked for', async () => {
    const regions = new Set<string>();
    const found = await diagnose({
      simulate: async ({ actions, arns, requestedRegion }) => {
        regions.add(requestedRegion);
        return actions.flatMap((action) => arns.filter((arn) => arn.includes('us-west-2')).map((arn) => ({ action, arn })));
      },
    });
    expect(regions).toEqual(new Set(['us-east-1', 'us-west-2']));
    expect(found.permissions?.map(({ found: text }) => text)).toEqual([
      `haiku: inference may not call arn:aws:bedrock:us-west-2::foundation-model/${haiku}`,
    ]);
  });

  it('asks about servers and endpoints only what is theirs to answer', async () => {
    const server = {
      ...testTarget({ id: 'server', model: 'own', modelId: 'own' }),
      kind: 'openai' as const,
      baseUrl: 'https://llm.example.com',
    };
    const endpoint = { ...testTarget({ id: 'endpoint', model: 'own', modelId: 'signalbox-llama' }), kind: 'sagemaker' as const };
    const models: string[] = [];
    const asked: string[] = [];
    await diagnose({
      readRunningTable: async () => ({ table: testTable({ targets: [testTarget(), server, endpoint] }), number: 1, since: undefined }),
      availabilityOf: async ({ model }) => {
        models.push(model);
        return { isInRegion: true, isAuthorized: true, isEntitled: true, agreement: 'AVAILABLE' };
      },
      simulate: async ({ actions, arns }) => {
        asked.push(...arns.map((arn) => `${actions[0]} ${arn.split(':').slice(2).join(':')}`));
        return [];
      },
    });
    expect(models).toEqual(['amazon.nova-lite-v1:0']);
    expect([...new Set(asked)]).toEqual([
      'bedrock:InvokeModel bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0',
      expect.stringMatching(/^sagemaker:InvokeEndpoint sagemaker:us-east-1:\d+:endpoint\/signalbox-llama$/),
    ]);
  });

  it('asks the simulator in pieces that it can take, and says when a role is not there', async () => {
    const targets = Array.from({ length: 150 }, (_, index) => testTarget({ id: `target-${index}`, model: `model-${index}` }));
    const sizes: number[] = [];
    const readRunningTable = async () => ({ table: testTable({ targets }), number: 1, since: undefined });
    await diagnose({
      readRunningTable,
      simulate: async ({ arns }) => {
        sizes.push(arns.length);
        return [];
      },
    });
    expect(sizes).toEqual([100, 50]);
    const found = await diagnose({ simulate: rejecting(failure('NoSuchEntityException', 'Role worker cannot be found.')) });
    expect(found.permissions).toMatchObject([{ status: 'fail', found: 'a role of inference is not there: Role worker cannot be found.' }]);
  });

  it('warns of targets that fleet health holds back, unless the overlay is too old to count', async () => {
    const overlayOf = (publishedAt: number) => async () => ({
      schemaVersion: '1.0',
      seq: 4,
      publishedAt,
      targets: { 'nova-lite@d1': { state: 'degraded' as const, share: 0.25, reason: 'throttled', since: publishedAt } },
      panic: [],
    });
    expect((await diagnose({ readOverlay: overlayOf(NOW - 5_000) })).overlay?.map(({ found }) => found)).toEqual([
      'number 4, published 5 seconds ago',
      'nova-lite is degraded at 25 % of its traffic: throttled',
    ]);
    expect((await diagnose({ readOverlay: overlayOf(NOW - 3_600_000) })).overlay?.map(({ found }) => found)).toEqual([
      'last renewed 1 hour ago, so nobody goes by it',
    ]);
  });
});
