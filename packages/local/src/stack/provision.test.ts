import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLocalDynamoDb, type LocalDynamoDb } from '../dynamodb/local-dynamodb.ts';
import { createLocalS3, type LocalS3 } from '../s3/local-s3.ts';
import { createLocalSqs } from '../sqs/local-sqs.ts';
import { parseTemplate } from '../template/load-template.ts';
import type { Platform } from './platform.ts';
import { provision } from './provision.ts';
import { findTemplates, provisionAll } from './provision-all.ts';

const PROJECT = join(import.meta.dirname, '..', 'template', '__fixtures__', 'project');

let calls: { port: string; parameters: unknown[] }[];
let dynamodb: LocalDynamoDb;
let s3: LocalS3;
let platform: Platform;

/** Storage is real; what others build is a recorder. */
beforeEach(async () => {
  calls = [];
  const recorder = (name: string) =>
    new Proxy(
      {},
      {
        get:
          (_target, method) =>
          (...parameters: unknown[]) => {
            calls.push({ port: `${name}.${String(method)}`, parameters });
            return `${name}-${String(method)}`;
          },
      },
    ) as never;
  const parameters = new Map<string, string>();
  s3 = await createLocalS3({});
  dynamodb = await createLocalDynamoDb({ region: 'us-east-1', accountId: '000000000000', log: () => undefined });
  platform = {
    region: 'us-east-1',
    accountId: '000000000000',
    stage: 'local',
    endpointUrl: 'http://127.0.0.1:4510',
    sqs: await createLocalSqs({ endpointUrl: 'http://127.0.0.1:4510', region: 'us-east-1' }),
    s3,
    dynamodb,
    eventBridge: recorder('events'),
    appConfig: recorder('appConfig'),
    alarms: recorder('alarms'),
    stepFunctions: recorder('stepFunctions'),
    lambda: recorder('lambda'),
    restApi: recorder('restApi'),
    parameterStore: {
      put: (name: string, value: string) => void parameters.set(name, value),
      get: (name: string) => parameters.get(name),
    } as never,
    log: () => undefined,
  };
});
afterEach(async () => {
  platform.sqs.close();
  await s3.close();
  await dynamodb.close();
});

const callsOf = (port: string) => calls.filter((call) => call.port === port).map((call) => call.parameters[0]);
const provisionText = (text: string) =>
  provision(platform, { stackName: 'fixture', template: parseTemplate({ file: '/project/template.yaml', text }) });

describe('provisioning a project', () => {
  it('creates what the templates describe, whichever comes first', async () => {
    const stacks = await provisionAll(platform, findTemplates({ projectRoot: PROJECT, stage: 'local' }));
    expect(Object.keys(platform.sqs.depths())).toContain('signalbox-local-inference-StandardQueue');
    expect(callsOf('lambda.createFunction')).toMatchObject([
      {
        name: 'signalbox-local-inference-Worker',
        timeoutSeconds: 10,
        environment: { STAGE: 'local', TABLE: 'signalbox-local-inference-InferencesTable' },
      },
      { name: 'signalbox-local-gateway-GetFunction', environment: { TABLE: 'signalbox-local-inference-InferencesTable' } },
      { name: 'signalbox-local-gateway-ChatFunction' },
    ]);
    expect(callsOf('events.createRule')).toEqual([
      {
        name: 'signalbox-local-inference-Rule',
        busName: 'fixture-local',
        eventPattern: { source: ['fixture'] },
        targets: [
          { id: 'rejected', arn: 'arn:aws:sqs:us-east-1:000000000000:signalbox-local-inference-RejectedQueue', inputPath: '$.detail' },
        ],
      },
    ]);
    const sources = stacks.flatMap((stack) => stack.connect());
    expect(callsOf('restApi.addRoute')).toEqual([
      { method: 'GET', path: '/v1/inferences/{id}', functionName: 'signalbox-local-gateway-GetFunction' },
      { method: 'POST', path: '/v1/chat', functionName: 'signalbox-local-gateway-ChatFunction', isStreamed: true },
    ]);
    expect(sources).toHaveLength(1);
    platform.sqs.cancelWaits();
    await Promise.all(sources.map((source) => source.stop()));
  });

  it('does the same again over what is there', async () => {
    const templates = findTemplates({ projectRoot: PROJECT, stage: 'local' });
    const first = await provisionAll(platform, templates);
    const second = await provisionAll(platform, templates);
    expect(second.map((stack) => [...stack.resources])).toEqual(first.map((stack) => [...stack.resources]));
  });

  it('takes a parameter of this run rather than one of an earlier', async () => {
    platform.parameterStore.put('/signalbox/local/inferences-table', 'of-an-earlier-run');
    await provisionAll(platform, findTemplates({ projectRoot: PROJECT, stage: 'local' }));
    expect(callsOf('lambda.createFunction')).toContainEqual(
      expect.objectContaining({ environment: { TABLE: 'signalbox-local-inference-InferencesTable' } }),
    );
  });

  it('takes a parameter that no template writes as it is stored', async () => {
    platform.parameterStore.put('/by/hand', 'queue-by-hand');
    const template = parseTemplate({
      file: 'lonely.yaml',
      text: "Resources:\n  Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: '{{resolve:ssm:/by/hand}}' } }",
    });
    await provisionAll(platform, [{ stackName: 'lonely', template }]);
    expect(Object.keys(platform.sqs.depths())).toEqual(['queue-by-hand']);
  });

  it('names an SSM parameter that nobody writes', async () => {
    const template = parseTemplate({
      file: 'lonely.yaml',
      text: "Resources:\n  Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: '{{resolve:ssm:/absent}}' } }",
    });
    await expect(provisionAll(platform, [{ stackName: 'lonely', template }])).rejects.toThrow(
      'lonely.yaml: there is no SSM parameter /absent',
    );
  });
});

describe('provisioning a template', () => {
  it('leaves out what its condition excludes', async () => {
    const { resources } = await provisionText(`
Parameters: { Stage: { Type: String, Default: prod } }
Conditions: { IsProduction: !Equals [!Ref Stage, prod] }
Resources:
  Always: { Type: AWS::SQS::Queue }
  Rarely: { Type: AWS::SQS::Queue, Condition: IsProduction }`);
    expect([...resources.keys()]).toEqual(['Always']);
  });

  it('turns numbers that parameters made text into numbers again', async () => {
    await provisionText(`
Parameters: { Count: { Type: Number, Default: 2 }, Seconds: { Type: Number, Default: 1 } }
Resources:
  Dead: { Type: AWS::SQS::Queue }
  Live:
    Type: AWS::SQS::Queue
    Properties: { VisibilityTimeout: !Ref Seconds, RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: !Ref Count } }`);
    const { sqs } = platform;
    const QueueUrl = sqs.queueUrl('fixture-Live');
    await sqs.call('SendMessage', { QueueUrl, MessageBody: 'poison' });
    for (let receives = 0; receives < 3; receives += 1) await sqs.call('ReceiveMessage', { QueueUrl, VisibilityTimeout: 0 });
    expect(sqs.depths()).toMatchObject({ 'fixture-Live': { visible: 0, inFlight: 0 }, 'fixture-Dead': { visible: 1 } });
  });

  it('lets nobody find the gateway on AWS', async () => {
    await provisionText(`
Resources:
  Api: { Type: AWS::Serverless::Api, Properties: { StageName: x } }
  Url: { Type: AWS::SSM::Parameter, Properties: { Name: /url, Type: String, Value: !Sub 'https://\${Api}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}/prod' } }`);
    expect(platform.parameterStore.get('/url')).toBe('http://127.0.0.1:4510');
  });

  it('streams what an API definition says is streamed', async () => {
    await provisionText(`
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: x
      DefinitionBody:
        paths:
          /v1/chat:
            post: { x-amazon-apigateway-integration: { uri: !Sub 'arn:aws:apigateway:\${AWS::Region}:lambda:path/2021-11-15/functions/f/response-streaming-invocations', responseTransferMode: STREAM } }
            get: { x-amazon-apigateway-integration: { uri: !Sub 'arn:aws:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/f/invocations' } }`);
    expect(callsOf('restApi.streamRoute')).toEqual([{ method: 'POST', path: '/v1/chat' }]);
  });

  it('puts an extension to work on what its association names, and gives alarms their definitions', async () => {
    await provisionText(`
Resources:
  Slow: { Type: AWS::CloudWatch::Alarm, Properties: { AlarmName: slow, Threshold: 1 } }
  Extension:
    Type: AWS::AppConfig::Extension
    Properties: { Name: told, Actions: { ON_DEPLOYMENT_COMPLETE: [{ Name: tell, Uri: 'arn:aws:lambda:us-east-1:000000000000:function:f', RoleArn: r }] } }
  Association:
    Type: AWS::AppConfig::ExtensionAssociation
    Properties: { ExtensionIdentifier: !GetAtt Extension.Arn, ExtensionVersionNumber: !GetAtt Extension.VersionNumber, ResourceIdentifier: 'arn:of:profile' }`);
    expect(calls.filter(({ port }) => port === 'alarms.define')).toEqual([
      { port: 'alarms.define', parameters: ['slow', { AlarmName: 'slow', Threshold: 1 }] },
    ]);
    const actions = { ON_DEPLOYMENT_COMPLETE: [{ name: 'tell', uri: 'arn:aws:lambda:us-east-1:000000000000:function:f' }] };
    expect(callsOf('appConfig.createExtension')).toEqual([{ name: 'told', actions }]);
    expect(callsOf('appConfig.associateExtension')).toEqual([
      { extensionId: 'appConfig-createExtension', resourceArn: 'arn:of:profile', parameters: {} },
    ]);
  });

  it.each([
    [
      'an extension at a point that is not emulated',
      'E: { Type: AWS::AppConfig::Extension, Properties: { Name: x, Actions: { PRE_START_DEPLOYMENT: [] } } }',
      'ON_DEPLOYMENT_COMPLETE and ON_DEPLOYMENT_ROLLED_BACK only, not PRE_START_DEPLOYMENT',
    ],
    [
      'an extension that is no function',
      "E: { Type: AWS::AppConfig::Extension, Properties: { Name: x, Actions: { ON_DEPLOYMENT_COMPLETE: [{ Name: y, Uri: 'arn:aws:sns:x' }] } } }",
      'invoke Lambda functions only, not arn:aws:sns:x',
    ],
    [
      'a type it does not know',
      'Q: { Type: AWS::Kinesis::Stream }',
      'Resources.Q: the embedded stack does not know the resource type AWS::Kinesis::Stream',
    ],
    [
      'a stream',
      'T: { Type: AWS::DynamoDB::Table, Properties: { KeySchema: [], AttributeDefinitions: [], StreamSpecification: { StreamViewType: NEW_IMAGE } } }',
      'Resources.T (AWS::DynamoDB::Table): Table fixture-T: the embedded stack has no DynamoDB streams',
    ],
    [
      'bucket notifications',
      'B: { Type: AWS::S3::Bucket, Properties: { NotificationConfiguration: {} } }',
      'the embedded S3 publishes no events',
    ],
    [
      'a bundle that is not built',
      'F: { Type: AWS::Serverless::Function, Properties: { CodeUri: dist/absent, Handler: index.handler } }',
      'its bundle /project/dist/absent is not there: run "npm run build" first',
    ],
    [
      'code in the template',
      'F: { Type: AWS::Serverless::Function, Properties: { InlineCode: x, Handler: index.handler } }',
      'not InlineCode',
    ],
    [
      'configurations kept elsewhere',
      "P: { Type: AWS::AppConfig::ConfigurationProfile, Properties: { ApplicationId: a, Name: b, LocationUri: 's3://x' } }",
      'keeps hosted configurations only, not s3://x',
    ],
    [
      'a property that is missing',
      'P: { Type: AWS::SSM::Parameter, Properties: { Name: x } }',
      'Resources.P (AWS::SSM::Parameter): the property Value must be text, and is missing',
    ],
  ])('refuses %s', async (_name, resource, message) => {
    await expect(provisionText(`Resources:\n  ${resource}`)).rejects.toThrow(message);
  });

  it.each([
    [
      'an event source it does not know',
      'K: { Type: Kinesis }',
      /Events\.K: the embedded stack has no event source Kinesis; there are SQS, EventBridgeRule/,
    ],
    ['a filter, which would delete silently', 'Q: { Type: SQS, Properties: { Queue: arn, FilterCriteria: {} } }', /no FilterCriteria/],
  ])('refuses %s', async (_name, event, message) => {
    const text = `Resources:\n  F: { Type: AWS::Serverless::Function, Properties: { CodeUri: '${PROJECT}/policy', Handler: index.handler, Events: { ${event} } } }`;
    const template = parseTemplate({ file: '/template.yaml', text });
    const { connect } = await provision(platform, { stackName: 'fixture', template });
    expect(connect).toThrow(message);
  });
});

describe('provisioning a state machine', () => {
  const definition = { StartAt: 'Over', States: { Over: { Type: 'Succeed' } } };

  it.each([
    ['AWS::StepFunctions::StateMachine', { StateMachineName: 'recovery', DefinitionString: JSON.stringify(definition) }],
    ['AWS::StepFunctions::StateMachine', { StateMachineName: 'recovery', Definition: definition }],
    ['AWS::Serverless::StateMachine', { Name: 'recovery', Definition: definition }],
  ])('of type %s takes %o, with its substitutions', async (Type, properties) => {
    const DefinitionSubstitutions = { Queue: { 'Fn::GetAtt': ['Q', 'Arn'] } };
    const resources = { M: { Type, Properties: { ...properties, DefinitionSubstitutions } }, Q: { Type: 'AWS::SQS::Queue' } };
    await provisionText(JSON.stringify({ Resources: resources }));
    const substitutions = { Queue: 'arn:aws:sqs:us-east-1:000000000000:fixture-Q' };
    expect(callsOf('stepFunctions.createStateMachine')).toEqual([
      { name: 'recovery', definition: JSON.stringify(definition), substitutions },
    ]);
  });

  it('reads a definition from a file beside the template, YAML as well as JSON', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'provision-'));
    writeFileSync(join(folder, 'recovery.asl.yaml'), 'StartAt: Over\nStates: { Over: { Type: Succeed } }\n');
    const Properties = { Name: 'recovery', DefinitionUri: 'recovery.asl.yaml' };
    const text = JSON.stringify({ Resources: { M: { Type: 'AWS::Serverless::StateMachine', Properties } } });
    await provision(platform, { stackName: 'fixture', template: parseTemplate({ file: join(folder, 'template.yaml'), text }) });
    rmSync(folder, { recursive: true });
    expect(callsOf('stepFunctions.createStateMachine')).toMatchObject([{ definition: JSON.stringify(definition) }]);
  });

  it.each([
    ['an express machine', { Type: 'EXPRESS', Definition: definition }, 'standard machines only'],
    ['events', { Definition: definition, Events: { Rule: { Type: 'EventBridgeRule' } } }, 'not by Events'],
    ['no definition', {}, 'Definition, DefinitionString'],
  ])('refuses %s', async (_name, Properties, message) => {
    const text = JSON.stringify({ Resources: { M: { Type: 'AWS::Serverless::StateMachine', Properties } } });
    await expect(provisionText(text)).rejects.toThrow(message);
  });
});
