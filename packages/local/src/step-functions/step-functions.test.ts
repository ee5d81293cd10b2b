import {
  DescribeExecutionCommand,
  ListActivitiesCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startAwsTestServer } from '../events/aws-test-server.ts';
import type { Invoke, InvokeRequest } from '../lambda/function-definition.ts';
import type { LogLine } from '../service.ts';
import { createStepFunctions, type StepFunctions } from './step-functions.ts';

const FUNCTION = 'arn:aws:lambda:eu-west-1:123456789012:function:probe';

// biome-ignore lint/suspicious/noTemplateCurlyInString: as a definition names what its template gives it.
const PROBE = '${Probe}';

const lines: LogLine[] = [];
let invoked: InvokeRequest[];
let answers: Invoke;
let states: StepFunctions;
let server: Awaited<ReturnType<typeof startAwsTestServer>>;
let client: SFNClient;

beforeEach(async () => {
  lines.length = 0;
  invoked = [];
  answers = async () => ({ kind: 'success', payload: { verdict: 'returned' } });
  const invoke: Invoke = (request) => {
    invoked.push(request);
    return answers(request);
  };
  states = createStepFunctions({ region: 'eu-west-1', accountId: '123456789012', invoke, log: (line) => lines.push(line), now: Date.now });
  server = await startAwsTestServer(states.service);
  const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
  client = new SFNClient({ endpoint: server.url, region: 'eu-west-1', credentials, maxAttempts: 1 });
});
afterEach(async () => {
  states.stop();
  client.destroy();
  await server.close();
});

const define = (definition: object, substitutions: Record<string, string> = {}) =>
  states.createStateMachine({ name: 'recovery', definition: JSON.stringify(definition), substitutions });
const task = (more: object = {}) => ({ Type: 'Task', Resource: PROBE, End: true, ...more });
const defineTask = (more: object = {}) => define({ StartAt: 'Probe', States: { Probe: task(more) } }, { Probe: FUNCTION });
const defineWait = (wait: object = { Seconds: 600 }) =>
  define({ StartAt: 'Pause', States: { Pause: { Type: 'Wait', End: true, ...wait } } });
const start = (stateMachineArn: string, more: { name?: string; input?: string } = {}) =>
  client.send(new StartExecutionCommand({ stateMachineArn, ...more }));
const ended = (executionArn: string) =>
  vi.waitFor(async () => {
    const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (execution.status === 'RUNNING') throw new Error('still running');
    return execution;
  }, 5_000);

describe('an execution', () => {
  it('invokes the function of a task with its input and succeeds with the answer', async () => {
    const { executionArn = '', startDate } = await start(defineTask(), { name: 'one', input: '{"key":"haiku@1"}' });
    expect(executionArn).toBe('arn:aws:states:eu-west-1:123456789012:execution:recovery:one');
    expect(Math.abs(Number(startDate) - Date.now())).toBeLessThan(5_000);
    expect(await ended(executionArn)).toMatchObject({
      name: 'one',
      status: 'SUCCEEDED',
      stateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:recovery',
      input: '{"key":"haiku@1"}',
      output: '{"verdict":"returned"}',
      stopDate: expect.any(Date),
    });
    expect(invoked).toEqual([{ functionName: 'probe', payload: { key: 'haiku@1' }, kind: 'request' }]);
  });

  it('goes round a loop of wait, probe and choice until the answer says so', async () => {
    const arn = define(
      {
        StartAt: 'Until',
        States: {
          Until: { Type: 'Wait', TimestampPath: '$.until', Next: 'Probe' },
          Probe: {
            Type: 'Task',
            Resource: 'arn:aws:states:::lambda:invoke',
            Parameters: { FunctionName: PROBE, Payload: { 'state.$': '$', 'name.$': '$$.Execution.Name' } },
            OutputPath: '$.Payload',
            Next: 'Over',
          },
          Over: { Type: 'Choice', Choices: [{ Variable: '$.kind', StringEquals: 'waiting', Next: 'Until' }], Default: 'Done' },
          Done: { Type: 'Succeed' },
        },
      },
      { Probe: FUNCTION },
    );
    const times: number[] = [];
    answers = async () => {
      times.push(Date.now());
      const until = new Date(Date.now() + 150).toISOString();
      return { kind: 'success', payload: { kind: times.length < 3 ? 'waiting' : 'returned', until } };
    };
    const { executionArn = '' } = await start(arn, { name: 'loop', input: JSON.stringify({ until: new Date().toISOString() }) });
    expect(await ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: expect.stringContaining('returned') });
    expect(invoked[0]).toMatchObject({ functionName: 'probe', payload: { name: 'loop', state: { until: expect.any(String) } } });
    expect((times[2] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(290);
  });

  it('retries and catches by the names that Lambda gives its errors', async () => {
    const failures = ['throttled', 'timeout'] as const;
    answers = async () => {
      const fault = failures[invoked.length - 1];
      if (!fault) return { kind: 'error', fault: 'unhandled', errorType: 'ModelGone', message: 'no such model' };
      return { kind: 'error', fault, errorType: fault === 'timeout' ? 'Sandbox.Timedout' : 'TooManyRequestsException', message: fault };
    };
    const Retry = [{ ErrorEquals: ['Lambda.TooManyRequestsException', 'Sandbox.Timedout'], IntervalSeconds: 0, MaxAttempts: 2 }];
    const Catch = [{ ErrorEquals: ['ModelGone'], ResultPath: '$.error', Next: 'Caught' }];
    const { End: _end, ...probe } = task({ Retry, Catch, Next: 'Caught' });
    const arn = define({ StartAt: 'Probe', States: { Probe: probe, Caught: { Type: 'Pass', End: true } } }, { Probe: FUNCTION });
    const { output = '' } = await ended((await start(arn)).executionArn ?? '');
    expect(invoked).toHaveLength(3);
    expect(JSON.parse(output).error).toEqual({ Error: 'ModelGone', Cause: '{"errorMessage":"no such model","errorType":"ModelGone"}' });
  });

  it.each([
    [
      'a function that fails',
      async () => ({ kind: 'error', fault: 'crash', errorType: 'Runtime.ExitError', message: 'gone' }),
      'Runtime.ExitError',
    ],
    [
      'a function that is not there',
      async () => Promise.reject(new Error('No function is named probe')),
      'Lambda.ResourceNotFoundException',
    ],
    ['an answer that is too large', async () => ({ kind: 'success', payload: 'x'.repeat(262_144) }), 'States.DataLimitExceeded'],
  ] as [string, Invoke, string][])('fails by %s, and the log says so', async (_name, answer, error) => {
    answers = answer;
    expect(await ended((await start(defineTask(), { name: 'doomed' })).executionArn ?? '')).toMatchObject({ status: 'FAILED', error });
    expect(lines).toMatchObject([{ source: 'states', message: expect.stringContaining(`execution doomed of recovery failed: ${error}`) }]);
  });

  it('times out by its own limit', async () => {
    const arn = define({ TimeoutSeconds: 1, StartAt: 'Pause', States: { Pause: { Type: 'Wait', Seconds: 60, End: true } } });
    expect(await ended((await start(arn)).executionArn ?? '')).toMatchObject({ status: 'TIMED_OUT' });
  });

  it('leaves a task the time of its function, not a minute', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<Invoke>>>();
      answers = () => promise;
      const { executionArn = '' } = await start(defineTask());
      await vi.advanceTimersByTimeAsync(120_000);
      resolve({ kind: 'success', payload: 'late' });
      vi.useRealTimers();
      expect(await ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '"late"' });
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('names', () => {
  it('gives a running execution back to the same name and input', async () => {
    const arn = defineWait();
    const first = await start(arn, { name: 'once', input: '{"seq":1}' });
    expect(await start(arn, { name: 'once', input: '{"seq":1}' })).toMatchObject({
      executionArn: first.executionArn,
      startDate: first.startDate,
    });
    await expect(start(arn, { name: 'once', input: '{"seq":2}' })).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });

  it('never gives a name again that was used, even with the same input', async () => {
    const arn = defineTask();
    await ended((await start(arn, { name: 'once' })).executionArn ?? '');
    await expect(start(arn, { name: 'once' })).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    expect(invoked).toHaveLength(1);
  });

  it.each(['with space', 'a/b', 'a:b', 'a#b', 'a\u0007', 'a{b}', 'half \ud800'])('refuses %j', async (name) => {
    await expect(start(defineWait(), { name })).rejects.toMatchObject({ name: 'InvalidName' });
  });

  it('refuses a name of more than 80 characters, and takes one of 80', async () => {
    const arn = defineWait();
    await expect(start(arn, { name: 'x'.repeat(81) })).rejects.toMatchObject({ name: 'ValidationException' });
    expect((await start(arn, { name: 'x'.repeat(80) })).executionArn).toContain('x'.repeat(80));
  });
});

describe('the wire', () => {
  it('refuses what is not there and what is not JSON', async () => {
    const stateMachineArn = defineWait();
    await expect(start(`${stateMachineArn}x`)).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
    await expect(start(stateMachineArn, { input: '{' })).rejects.toMatchObject({ name: 'InvalidExecutionInput' });
    await expect(start(stateMachineArn, { input: JSON.stringify('x'.repeat(262_144)) })).rejects.toMatchObject({
      name: 'ValidationException',
    });
    const unknown = new DescribeExecutionCommand({ executionArn: 'arn:aws:states:eu-west-1:123456789012:execution:recovery:no' });
    await expect(client.send(unknown)).rejects.toMatchObject({ name: 'ExecutionDoesNotExist' });
    await expect(client.send(new ListActivitiesCommand({}))).rejects.toMatchObject({ name: 'NotImplementedException' });
  });

  it('stops an execution once, with its reason', async () => {
    const { executionArn = '' } = await start(defineWait());
    const { stopDate } = await client.send(new StopExecutionCommand({ executionArn, error: 'Stale', cause: 'seq 7 was replaced' }));
    expect(await client.send(new StopExecutionCommand({ executionArn, error: 'Again' }))).toMatchObject({ stopDate });
    expect(await ended(executionArn)).toMatchObject({ status: 'ABORTED', error: 'Stale', cause: 'seq 7 was replaced' });
    await expect(
      start(executionArn.replace(':execution:', ':stateMachine:').replace(/:[^:]+$/, ''), { name: 'next' }),
    ).resolves.toBeDefined();
  });

  it('calls no function after it was stopped', async () => {
    const States = { Pause: { Type: 'Wait', Seconds: 1, Next: 'Probe' }, Probe: task() };
    const arn = define({ StartAt: 'Pause', States }, { Probe: FUNCTION });
    const { executionArn = '' } = await start(arn);
    await client.send(new StopExecutionCommand({ executionArn }));
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(invoked).toEqual([]);
  });

  it('lists executions, the latest first, by status and page by page', async () => {
    const stateMachineArn = defineWait();
    for (const name of ['a', 'b', 'c']) await start(stateMachineArn, { name });
    await client.send(new StopExecutionCommand({ executionArn: `${stateMachineArn.replace(':stateMachine:', ':execution:')}:b` }));
    const names = async (more: object) => {
      const { executions = [], nextToken } = await client.send(new ListExecutionsCommand({ stateMachineArn, ...more }));
      return { names: executions.map(({ name }) => name), nextToken };
    };
    expect(await names({})).toEqual({ names: ['c', 'b', 'a'], nextToken: undefined });
    expect(await names({ statusFilter: 'ABORTED' })).toEqual({ names: ['b'], nextToken: undefined });
    const first = await names({ maxResults: 2 });
    expect(first.names).toEqual(['c', 'b']);
    expect(await names({ maxResults: 2, nextToken: first.nextToken })).toEqual({ names: ['a'], nextToken: undefined });
  });
});

describe('a definition', () => {
  const pass = { Type: 'Pass', End: true };
  it.each([
    ['JSONata', { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: pass } }, /JSONPath only and has no QueryLanguage/],
    ['variables', { StartAt: 'A', States: { A: { ...pass, Assign: { x: 1 } } } }, /state "A".*no Assign/],
    [
      'task tokens',
      { StartAt: 'A', States: { A: task({ Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' }) } },
      /Lambda functions only/,
    ],
    ['another service', { StartAt: 'A', States: { A: task({ Resource: 'arn:aws:states:::dynamodb:putItem' }) } }, /Lambda functions only/],
    ['a missing state', { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' } } }, /invalid/],
    ['no start', { States: { A: pass } }, /no StartAt/],
    ['an unknown substitution', { StartAt: 'A', States: { A: task() } }, /DefinitionSubstitutions has no Probe/],
  ])('with %s is refused', (_name, definition, message) => {
    expect(() => define(definition)).toThrow(message);
  });

  it('reaches into Map and Parallel states', () => {
    const inner = { StartAt: 'Inner', States: { Inner: task({ Resource: 'arn:aws:states:::sqs:sendMessage' }) } };
    const Outer = {
      Type: 'Parallel',
      Branches: [{ StartAt: 'M', States: { M: { Type: 'Map', ItemProcessor: inner, End: true } } }],
      End: true,
    };
    expect(() => define({ StartAt: 'Outer', States: { Outer } })).toThrow('state "Inner"');
  });
});
