import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { type AppConfig, createAppConfig } from './app-config.ts';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:announce';
const ALARM = 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:a';

let calls: { functionArn: string; payload: Record<string, unknown> }[];
let failures: number;
let alarm: 'OK' | 'ALARM';
let appConfig: AppConfig;
let ids: { applicationId: string; environmentId: string; profileId: string };

beforeEach(() => {
  [calls, failures, alarm] = [[], 0, 'OK'];
  appConfig = createAppConfig({
    now: Date.now,
    minuteMs: 200,
    alarmState: () => alarm,
    invokeExtension: async (functionArn, payload) => {
      if (failures-- > 0) throw new Error('no such function');
      calls.push({ functionArn, payload: payload as Record<string, unknown> });
    },
  });
  const applicationId = appConfig.createApplication('app');
  ids = {
    applicationId,
    environmentId: appConfig.createEnvironment(applicationId, 'env', [{ alarmArn: ALARM }]),
    profileId: appConfig.createProfile(applicationId, { name: 'table' }),
  };
  const extensionId = appConfig.createExtension({
    name: 'releases',
    actions: {
      ON_DEPLOYMENT_COMPLETE: [{ name: 'completed', uri: ARN }],
      ON_DEPLOYMENT_ROLLED_BACK: [{ name: 'rolled-back', uri: ARN }],
    },
  });
  const resourceArn = `arn:aws:appconfig:us-east-1:000000000000:application/${applicationId}/configurationprofile/${ids.profileId}`;
  appConfig.associateExtension({ extensionId, resourceArn });
  appConfig.associateExtension({ extensionId, resourceArn });
});

async function call(method: string, path: string, body?: object): Promise<{ DeploymentNumber: number }> {
  const reply = await appConfig.service.handle({
    service: 'appconfig',
    operation: '',
    region: 'us-east-1',
    accessKeyId: 'k',
    method,
    url: `/applications/${ids.applicationId}${path}`,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body ?? {})),
  });
  return JSON.parse(String(reply.body ?? '{}'));
}

async function start(): Promise<number> {
  const { version } = await appConfig.deployNow({ ...ids, content: '{}', contentType: 'application/json' });
  const strategyId = appConfig.createStrategy({ name: 'slow', durationMinutes: 5, growthFactor: 50, bakeMinutes: 2 });
  await until(1);
  const { DeploymentNumber } = await call('POST', `/environments/${ids.environmentId}/deployments`, {
    ConfigurationProfileId: ids.profileId,
    ConfigurationVersion: String(version),
    DeploymentStrategyId: strategyId,
  });
  return DeploymentNumber;
}

async function until(count: number): Promise<void> {
  const endsAt = Date.now() + 6_000;
  while (calls.length < count && Date.now() < endsAt) await sleep(20);
}

describe('an extension', () => {
  it('is told of a deployment that ended, once, as AWS tells it', async () => {
    await appConfig.deployNow({ ...ids, content: '{}', contentType: 'application/json' });
    await until(1);
    await sleep(1_200);
    expect(calls).toEqual([
      {
        functionArn: ARN,
        payload: {
          InvocationId: expect.any(String),
          Parameters: {},
          Type: 'OnDeploymentComplete',
          Application: { Id: ids.applicationId, Name: 'app' },
          Environment: { Id: ids.environmentId, Name: 'env' },
          ConfigurationProfile: { Id: ids.profileId, Name: 'table' },
          DeploymentNumber: 1,
          ConfigurationVersion: '1',
        },
      },
    ]);
  });

  it('is told of a deployment that took its time', async () => {
    const number = await start();
    expect(calls).toHaveLength(1);
    await until(2);
    expect(calls[1]?.payload).toMatchObject({ Type: 'OnDeploymentComplete', DeploymentNumber: number });
  });

  it('is told of a roll-back by an alarm', async () => {
    const number = await start();
    alarm = 'ALARM';
    await until(2);
    expect(calls[1]?.payload).toMatchObject({ Type: 'OnDeploymentRolledBack', DeploymentNumber: number });
  });

  it('is told of a roll-back by hand', async () => {
    const number = await start();
    await call('DELETE', `/environments/${ids.environmentId}/deployments/${number}`);
    await until(2);
    expect(calls[1]?.payload).toMatchObject({ Type: 'OnDeploymentRolledBack', DeploymentNumber: number });
  });

  it('is told again when its function was not there yet', async () => {
    failures = 1;
    await appConfig.deployNow({ ...ids, content: '{}', contentType: 'application/json' });
    await until(1);
    expect(calls).toHaveLength(1);
  });
});
