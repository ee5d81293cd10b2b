import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AppConfigClient,
  CreateApplicationCommand,
  CreateConfigurationProfileCommand,
  CreateDeploymentStrategyCommand,
  CreateEnvironmentCommand,
  CreateHostedConfigurationVersionCommand,
  DeleteApplicationCommand,
  DeleteConfigurationProfileCommand,
  DeleteDeploymentStrategyCommand,
  DeleteEnvironmentCommand,
  DeleteHostedConfigurationVersionCommand,
  GetApplicationCommand,
  GetConfigurationProfileCommand,
  GetDeploymentCommand,
  GetDeploymentStrategyCommand,
  GetEnvironmentCommand,
  GetHostedConfigurationVersionCommand,
  ListApplicationsCommand,
  ListConfigurationProfilesCommand,
  ListDeploymentStrategiesCommand,
  ListDeploymentsCommand,
  ListEnvironmentsCommand,
  ListExtensionsCommand,
  ListHostedConfigurationVersionsCommand,
  StartDeploymentCommand,
  StopDeploymentCommand,
  UpdateEnvironmentCommand,
  ValidateConfigurationCommand,
} from '@aws-sdk/client-appconfig';
import { AppConfigDataClient, GetLatestConfigurationCommand, StartConfigurationSessionCommand } from '@aws-sdk/client-appconfigdata';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startAwsTestServer } from '../events/aws-test-server.ts';
import { type AppConfig, createAppConfig } from './app-config.ts';

const MINUTE = 60_000;
const VALIDATOR = 'arn:aws:lambda:eu-west-1:1:function:validate-table';
const ALARM = 'arn:aws:cloudwatch:eu-west-1:1:alarm:errors';

let folder: string;
let now: number;
let alarm: 'OK' | 'ALARM';
let appConfig: AppConfig;
let server: Awaited<ReturnType<typeof startAwsTestServer>>;
let control: AppConfigClient;
let data: AppConfigDataClient;
let ids: { ApplicationId: string; EnvironmentId: string; ConfigurationProfileId: string };
const invokeValidator = vi.fn<(functionArn: string, payload: unknown) => Promise<void>>();

async function start() {
  appConfig = createAppConfig({
    stateFile: join(folder, 'appconfig.json'),
    now: () => now,
    invokeValidator,
    alarmState: (arn) => (arn === ALARM ? alarm : 'OK'),
  });
  server = await startAwsTestServer(appConfig.service);
  const options = { endpoint: server.url, region: 'eu-west-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' }, maxAttempts: 1 };
  control = new AppConfigClient(options);
  data = new AppConfigDataClient(options);
  const ApplicationId = appConfig.createApplication('signalbox');
  ids = {
    ApplicationId,
    EnvironmentId: appConfig.createEnvironment(ApplicationId, 'dev', [{ alarmArn: ALARM }]),
    ConfigurationProfileId: appConfig.createProfile(ApplicationId, { name: 'routing-table' }),
  };
}

async function stop() {
  control.destroy();
  data.destroy();
  await server.close();
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'appconfig-'));
  now = Date.parse('2026-03-01T10:00:00Z');
  alarm = 'OK';
  invokeValidator.mockReset().mockResolvedValue(undefined);
  await start();
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true });
});

const place = () => ({ applicationId: ids.ApplicationId, environmentId: ids.EnvironmentId, profileId: ids.ConfigurationProfileId });
const deployNow = (content: string) => appConfig.deployNow({ ...place(), content, contentType: 'application/json' });
const createVersion = (content: string, more: object = {}) =>
  control.send(
    new CreateHostedConfigurationVersionCommand({ ...ids, Content: Buffer.from(content), ContentType: 'application/json', ...more }),
  );
const startDeployment = (ConfigurationVersion: string, DeploymentStrategyId: string, more: object = {}) =>
  control.send(new StartDeploymentCommand({ ...ids, ConfigurationVersion, DeploymentStrategyId, ...more }));
const getDeployment = (DeploymentNumber: number) => control.send(new GetDeploymentCommand({ ...ids, DeploymentNumber }));

/** A reader that polls as Powertools does. */
async function openSession(more: object = {}) {
  const { InitialConfigurationToken } = await data.send(
    new StartConfigurationSessionCommand({
      ApplicationIdentifier: 'signalbox',
      EnvironmentIdentifier: 'dev',
      ConfigurationProfileIdentifier: 'routing-table',
      ...more,
    }),
  );
  let token = InitialConfigurationToken;
  return {
    firstToken: InitialConfigurationToken,
    async poll() {
      const reply = await data.send(new GetLatestConfigurationCommand({ ConfigurationToken: token }));
      token = reply.NextPollConfigurationToken;
      return { ...reply, text: Buffer.from(reply.Configuration ?? []).toString() };
    },
  };
}

describe('the data plane', () => {
  it('gives the deployed configuration once, then nothing until it changes', async () => {
    await deployNow('{"v":1}');
    const session = await openSession();
    expect(await session.poll()).toMatchObject({
      text: '{"v":1}',
      ContentType: 'application/json',
      NextPollIntervalInSeconds: 60,
      NextPollConfigurationToken: expect.any(String),
    });
    expect((await session.poll()).text).toBe('');
    await deployNow('{"v":2}');
    expect((await session.poll()).text).toBe('{"v":2}');
  });

  it('takes names and ids, and gives the label of a changed version', async () => {
    await createVersion('{}', { VersionLabel: 'v1.0' });
    await startDeployment('v1.0', 'AppConfig.AllAtOnce');
    const session = await openSession({
      ApplicationIdentifier: ids.ApplicationId,
      EnvironmentIdentifier: ids.EnvironmentId,
      ConfigurationProfileIdentifier: ids.ConfigurationProfileId,
    });
    expect((await session.poll()).VersionLabel).toBe('v1.0');
    expect((await session.poll()).VersionLabel).toBeUndefined();
  });

  it('takes each token once, for a day', async () => {
    await deployNow('{}');
    const session = await openSession();
    await session.poll();
    const again = data.send(new GetLatestConfigurationCommand({ ConfigurationToken: session.firstToken }));
    await expect(again).rejects.toMatchObject({
      name: 'BadRequestException',
      message: expect.stringContaining('used before'),
      Details: { InvalidParameters: { configuration_token: { Problem: 'Expired' } } },
    });
    now += 24 * 60 * MINUTE + 1;
    await expect(session.poll()).rejects.toThrow('older than 24 hours');
    await expect(data.send(new GetLatestConfigurationCommand({ ConfigurationToken: 'rubbish' }))).rejects.toMatchObject({
      Details: { InvalidParameters: { configuration_token: { Problem: 'Corrupted' } } },
    });
  });

  it('holds a session to its own minimum interval, without using up the token', async () => {
    await deployNow('{}');
    const session = await openSession({ RequiredMinimumPollIntervalInSeconds: 30 });
    expect((await session.poll()).NextPollIntervalInSeconds).toBe(30);
    now += 29_000;
    await expect(session.poll()).rejects.toMatchObject({
      name: 'BadRequestException',
      Details: { InvalidParameters: { configuration_token: { Problem: 'PollIntervalNotSatisfied' } } },
    });
    now += 1000;
    expect((await session.poll()).text).toBe('');
    await expect(openSession({ RequiredMinimumPollIntervalInSeconds: 5 })).rejects.toMatchObject({ name: 'BadRequestException' });
  });

  it('keeps tokens good over a restart', async () => {
    await deployNow('{"v":1}');
    const session = await openSession();
    await session.poll();
    await stop();
    await start();
    expect((await session.poll()).text).toBe('');
  });

  it.each([
    ['application', { ApplicationIdentifier: 'other' }, 'Application'],
    ['environment', { EnvironmentIdentifier: 'other' }, 'Environment'],
    ['profile', { ConfigurationProfileIdentifier: 'other' }, 'ConfigurationProfile'],
  ])('does not know another %s', async (_name, more, ResourceType) => {
    await expect(openSession(more)).rejects.toMatchObject({ name: 'ResourceNotFoundException', ResourceType });
  });

  it('has nothing to give before the first deployment', async () => {
    const session = await openSession();
    await expect(session.poll()).rejects.toMatchObject({ name: 'ResourceNotFoundException', ResourceType: 'Deployment' });
    expect(appConfig.latest(place())).toBeUndefined();
  });
});

describe('a growing deployment', () => {
  it('reaches its share of the sessions, keeps those it reached, and then all', async () => {
    await deployNow('old');
    const sessions = await Promise.all(Array.from({ length: 60 }, () => openSession()));
    const contents = sessions.map(() => '');
    const poll = async () => {
      for (const [index, session] of sessions.entries()) contents[index] = (await session.poll()).text || (contents[index] ?? '');
      return contents.map((content, index) => (content === 'new' ? index : -1)).filter((index) => index >= 0);
    };
    await poll();
    await createVersion('new');
    await startDeployment('2', 'AppConfig.Linear20PercentEvery6Minutes');
    expect(await poll()).toEqual([]);
    now += 12 * MINUTE;
    const some = await poll();
    expect(some.length).toBeGreaterThan(10);
    expect(some.length).toBeLessThan(40);
    expect((await getDeployment(2)).PercentageComplete).toBe(40);
    now += 6 * MINUTE;
    const more = await poll();
    expect(more).toEqual(expect.arrayContaining(some));
    expect(more.length).toBeGreaterThan(some.length);
    now += 12 * MINUTE;
    expect(await poll()).toHaveLength(60);
    expect((await getDeployment(2)).State).toBe('BAKING');
  });

  it('is rolled back by an alarm of the environment: every session is back on the old version', async () => {
    await deployNow('old');
    await createVersion('new');
    await startDeployment('2', 'AppConfig.AllAtOnce');
    const session = await openSession();
    expect((await session.poll()).text).toBe('new');
    alarm = 'ALARM';
    expect((await session.poll()).text).toBe('old');
    expect(await getDeployment(2)).toMatchObject({
      State: 'ROLLED_BACK',
      EventLog: [{ EventType: 'ROLLBACK_COMPLETED', TriggeredBy: 'CLOUDWATCH_ALARM' }, { EventType: 'DEPLOYMENT_STARTED' }],
    });
    expect((await control.send(new GetEnvironmentCommand(ids))).State).toBe('ROLLED_BACK');
  });

  it('is rolled back by an alarm that passes between two looks', async () => {
    await deployNow('old');
    await createVersion('new');
    await startDeployment('2', 'AppConfig.AllAtOnce');
    alarm = 'ALARM';
    await new Promise((resolve) => setTimeout(resolve, 1100));
    alarm = 'OK';
    expect((await getDeployment(2)).State).toBe('ROLLED_BACK');
  });

  it('is not undone by an alarm after it is complete', async () => {
    await deployNow('old');
    alarm = 'ALARM';
    expect((await getDeployment(1)).State).toBe('COMPLETE');
  });
});

describe('StartDeployment and StopDeployment', () => {
  it('give the whole deployment, one in flight per environment, bake time included', async () => {
    await createVersion('{}');
    const started = await startDeployment('1', 'AppConfig.AllAtOnce', { Description: 'first', LatestDeploymentNumber: 0 });
    expect(started).toMatchObject({
      ...ids,
      DeploymentNumber: 1,
      DeploymentStrategyId: 'AppConfig.AllAtOnce',
      ConfigurationName: 'routing-table',
      ConfigurationLocationUri: 'hosted',
      ConfigurationVersion: '1',
      Description: 'first',
      DeploymentDurationInMinutes: 0,
      GrowthFactor: 100,
      GrowthType: 'LINEAR',
      FinalBakeTimeInMinutes: 10,
      State: 'BAKING',
      PercentageComplete: 100,
      StartedAt: new Date(now),
    });
    await expect(startDeployment('1', 'AppConfig.AllAtOnce')).rejects.toMatchObject({
      name: 'ConflictException',
      message: expect.stringContaining('number 1 is BAKING'),
    });
    await expect(deployNow('{}')).rejects.toMatchObject({ code: 'ConflictException' });
    now += 10 * MINUTE;
    expect(await getDeployment(1)).toMatchObject({ State: 'COMPLETE', CompletedAt: new Date(now) });
    await expect(startDeployment('1', 'AppConfig.AllAtOnce', { LatestDeploymentNumber: 7 })).rejects.toMatchObject({
      name: 'ConflictException',
    });
    expect(await startDeployment('1', 'AppConfig.AllAtOnce', { LatestDeploymentNumber: 1 })).toMatchObject({ DeploymentNumber: 2 });
    const { Items } = await control.send(new ListDeploymentsCommand(ids));
    expect(Items?.map(({ DeploymentNumber, State }) => `${DeploymentNumber} ${State}`)).toEqual(['2 BAKING', '1 COMPLETE']);
  });

  it('roll back what is in flight, and revert what is complete only on demand and within 72 hours', async () => {
    await deployNow('one');
    await createVersion('two');
    await startDeployment('2', 'AppConfig.AllAtOnce');
    const stopDeployment = (DeploymentNumber: number, AllowRevert?: boolean) =>
      control.send(new StopDeploymentCommand({ ...ids, DeploymentNumber, ...(AllowRevert === undefined ? {} : { AllowRevert }) }));
    expect(await stopDeployment(2)).toMatchObject({ State: 'ROLLED_BACK' });
    expect(appConfig.latest(place())?.version).toBe(1);
    await deployNow('three');
    await expect(stopDeployment(3)).rejects.toMatchObject({ name: 'BadRequestException', message: expect.stringContaining('AllowRevert') });
    expect(await stopDeployment(3, true)).toMatchObject({ State: 'REVERTED' });
    expect(appConfig.latest(place())?.content.toString()).toBe('one');
    await expect(stopDeployment(3, true)).rejects.toThrow('is REVERTED');
    now += 73 * 60 * MINUTE;
    await expect(stopDeployment(1, true)).rejects.toThrow('72 hours');
    await expect(getDeployment(9)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('ask the validators first', async () => {
    ids.ConfigurationProfileId = appConfig.createProfile(ids.ApplicationId, {
      name: 'checked',
      validators: [{ type: 'LAMBDA', content: VALIDATOR }],
    });
    await createVersion('{"routes":{}}');
    await startDeployment('1', 'AppConfig.AllAtOnce');
    expect(invokeValidator).toHaveBeenCalledWith(VALIDATOR, {
      applicationId: ids.ApplicationId,
      configurationProfileId: ids.ConfigurationProfileId,
      configurationVersion: '1',
      content: Buffer.from('{"routes":{}}').toString('base64'),
      uri: 'hosted',
    });
    now += 10 * MINUTE;
    invokeValidator.mockRejectedValue(new Error('route default has no candidates'));
    const refused = {
      name: 'BadRequestException',
      message: expect.stringContaining('no candidates'),
      Details: { InvalidConfiguration: [{ Type: 'LAMBDA', Constraint: VALIDATOR, Reason: 'route default has no candidates' }] },
    };
    await expect(startDeployment('1', 'AppConfig.AllAtOnce')).rejects.toMatchObject(refused);
    await expect(control.send(new ValidateConfigurationCommand({ ...ids, ConfigurationVersion: '1' }))).rejects.toMatchObject(refused);
    await expect(appConfig.deployNow({ ...place(), content: '{}', contentType: 'application/json' })).rejects.toMatchObject({
      code: 'BadRequestException',
    });
    invokeValidator.mockResolvedValue(undefined);
    await expect(control.send(new ValidateConfigurationCommand({ ...ids, ConfigurationVersion: '1' }))).resolves.toMatchObject({
      $metadata: { httpStatusCode: 204 },
    });
  });
});

describe('hosted versions', () => {
  it('are numbered, read back, listed newest first and deleted, and numbers are never used twice', async () => {
    expect(await createVersion('{"a":1}', { Description: 'first', VersionLabel: 'v1.0' })).toMatchObject({
      ApplicationId: ids.ApplicationId,
      ConfigurationProfileId: ids.ConfigurationProfileId,
      VersionNumber: 1,
      Description: 'first',
      VersionLabel: 'v1.0',
      ContentType: 'application/json',
    });
    await createVersion('{"a":2}', { LatestVersionNumber: 1 });
    const read = await control.send(new GetHostedConfigurationVersionCommand({ ...ids, VersionNumber: 1 }));
    expect(Buffer.from(read.Content ?? []).toString()).toBe('{"a":1}');
    expect(read).toMatchObject({ VersionNumber: 1, VersionLabel: 'v1.0', ContentType: 'application/json' });
    const list = (more: object = {}) => control.send(new ListHostedConfigurationVersionsCommand({ ...ids, ...more }));
    expect((await list()).Items?.map(({ VersionNumber }) => VersionNumber)).toEqual([2, 1]);
    expect((await list({ VersionLabel: 'v1.0' })).Items).toHaveLength(1);
    const first = await list({ MaxResults: 1 });
    expect((await list({ MaxResults: 1, NextToken: first.NextToken })).Items).toMatchObject([{ VersionNumber: 1 }]);
    await control.send(new DeleteHostedConfigurationVersionCommand({ ...ids, VersionNumber: 2 }));
    expect(await createVersion('{"a":3}')).toMatchObject({ VersionNumber: 3 });
  });

  it.each([
    ['over another writer', '{}', { LatestVersionNumber: 5 }, 'ConflictException'],
    ['with a label that is a number', '{}', { VersionLabel: '12' }, 'BadRequestException'],
    ['larger than 2 MB', 'x'.repeat(2048 * 1024 + 1), {}, 'PayloadTooLargeException'],
  ])('are refused %s', async (_name, content, more, name) => {
    await expect(createVersion(content, more)).rejects.toMatchObject({ name });
  });

  it('cannot be deleted while deployed', async () => {
    await deployNow('{}');
    await expect(control.send(new DeleteHostedConfigurationVersionCommand({ ...ids, VersionNumber: 1 }))).rejects.toMatchObject({
      name: 'ConflictException',
    });
  });
});

describe('the control plane', () => {
  it('makes, reads, lists and deletes applications, environments, profiles and strategies', async () => {
    const { Id: ApplicationId = '' } = await control.send(new CreateApplicationCommand({ Name: 'own', Description: 'mine' }));
    expect(ApplicationId).toMatch(/^[a-z0-9]{7}$/);
    const environment = await control.send(
      new CreateEnvironmentCommand({ ApplicationId, Name: 'prod', Monitors: [{ AlarmArn: ALARM, AlarmRoleArn: 'arn:role' }] }),
    );
    expect(environment).toMatchObject({
      ApplicationId,
      Name: 'prod',
      State: 'READY_FOR_DEPLOYMENT',
      Monitors: [{ AlarmArn: ALARM, AlarmRoleArn: 'arn:role' }],
    });
    const profile = await control.send(
      new CreateConfigurationProfileCommand({
        ApplicationId,
        Name: 'table',
        LocationUri: 'hosted',
        Validators: [{ Type: 'LAMBDA', Content: VALIDATOR }],
      }),
    );
    expect(profile).toMatchObject({
      ApplicationId,
      Name: 'table',
      LocationUri: 'hosted',
      Type: 'AWS.Freeform',
      Validators: [{ Type: 'LAMBDA', Content: VALIDATOR }],
    });
    const strategy = await control.send(
      new CreateDeploymentStrategyCommand({
        Name: 'slow',
        DeploymentDurationInMinutes: 10,
        GrowthFactor: 25,
        FinalBakeTimeInMinutes: 5,
        ReplicateTo: 'NONE',
      }),
    );

    expect(await control.send(new GetApplicationCommand({ ApplicationId }))).toMatchObject({
      Id: ApplicationId,
      Name: 'own',
      Description: 'mine',
    });
    expect((await control.send(new ListApplicationsCommand({}))).Items?.map(({ Name }) => Name)).toEqual(['signalbox', 'own']);
    expect((await control.send(new ListEnvironmentsCommand({ ApplicationId }))).Items).toMatchObject([{ Id: environment.Id }]);
    expect(await control.send(new UpdateEnvironmentCommand({ ApplicationId, EnvironmentId: environment.Id, Monitors: [] }))).toMatchObject({
      Monitors: [],
      Name: 'prod',
    });
    expect(await control.send(new GetConfigurationProfileCommand({ ApplicationId, ConfigurationProfileId: profile.Id }))).toMatchObject({
      Id: profile.Id,
    });
    expect((await control.send(new ListConfigurationProfilesCommand({ ApplicationId }))).Items).toMatchObject([
      { Id: profile.Id, ValidatorTypes: ['LAMBDA'] },
    ]);
    expect((await control.send(new ListConfigurationProfilesCommand({ ApplicationId, Type: 'AWS.AppConfig.FeatureFlags' }))).Items).toEqual(
      [],
    );
    expect(await control.send(new GetDeploymentStrategyCommand({ DeploymentStrategyId: strategy.Id }))).toMatchObject({
      Name: 'slow',
      GrowthType: 'LINEAR',
      GrowthFactor: 25,
      DeploymentDurationInMinutes: 10,
      FinalBakeTimeInMinutes: 5,
    });
    expect((await control.send(new ListDeploymentStrategiesCommand({}))).Items?.map(({ Id }) => Id)).toEqual([
      'AppConfig.AllAtOnce',
      'AppConfig.Linear50PercentEvery30Seconds',
      'AppConfig.Linear20PercentEvery6Minutes',
      'AppConfig.Canary10Percent20Minutes',
      strategy.Id,
    ]);

    await expect(control.send(new DeleteApplicationCommand({ ApplicationId }))).rejects.toMatchObject({ name: 'BadRequestException' });
    await control.send(new DeleteEnvironmentCommand({ ApplicationId, EnvironmentId: environment.Id }));
    await control.send(new DeleteConfigurationProfileCommand({ ApplicationId, ConfigurationProfileId: profile.Id }));
    await control.send(new DeleteDeploymentStrategyCommand({ DeploymentStrategyId: strategy.Id }));
    await control.send(new DeleteApplicationCommand({ ApplicationId }));
    await expect(control.send(new GetApplicationCommand({ ApplicationId }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 404 },
    });
    await expect(control.send(new DeleteDeploymentStrategyCommand({ DeploymentStrategyId: 'AppConfig.AllAtOnce' }))).rejects.toMatchObject({
      name: 'BadRequestException',
    });
  });

  it('names what it does not emulate', async () => {
    await expect(control.send(new ListExtensionsCommand({}))).rejects.toMatchObject({
      name: 'NotImplementedException',
      message: expect.stringContaining('GET /extensions'),
    });
    const schema = new CreateConfigurationProfileCommand({
      ApplicationId: ids.ApplicationId,
      Name: 'x',
      LocationUri: 'hosted',
      Validators: [{ Type: 'JSON_SCHEMA', Content: '{}' }],
    });
    await expect(control.send(schema)).rejects.toMatchObject({
      name: 'NotImplementedException',
      message: expect.stringContaining('JSON_SCHEMA'),
    });
  });

  it('refuses a strategy out of range', async () => {
    const strategy = new CreateDeploymentStrategyCommand({ Name: 'x', DeploymentDurationInMinutes: 2000, GrowthFactor: 0 });
    await expect(control.send(strategy)).rejects.toMatchObject({
      name: 'BadRequestException',
      message: expect.stringMatching(/DeploymentDurationInMinutes.*GrowthFactor/),
    });
  });
});

describe('templates', () => {
  it('find what has the name already: ids and deployed versions stay the same over restarts', async () => {
    const strategy = { name: 'rollout', durationMinutes: 10, growthFactor: 20 };
    const strategyId = appConfig.createStrategy(strategy);
    await deployNow('{"v":1}');
    const before = { ...ids };
    await stop();
    await start();
    expect(ids).toEqual(before);
    expect(appConfig.createStrategy({ ...strategy, bakeMinutes: 3 })).toBe(strategyId);
    expect(await control.send(new GetDeploymentStrategyCommand({ DeploymentStrategyId: strategyId }))).toMatchObject({
      FinalBakeTimeInMinutes: 3,
    });
    expect(appConfig.latest(place())).toEqual({ version: 1, content: Buffer.from('{"v":1}'), contentType: 'application/json' });
    expect(await deployNow('{"v":2}')).toEqual({ version: 2 });
  });
});
