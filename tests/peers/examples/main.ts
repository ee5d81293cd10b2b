// The examples that need more than Node.js: Python with boto3, awscli and curl, each run against an embedded stack.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { InferenceAccepted, InferenceResult, type StackFile } from '@signalbox/contracts';
import { startStack } from '../../e2e/kit/running-stack.ts';
import { type ExampleOptions, type Finished, runExample } from '../../examples/kit/run-example.ts';
import { pythonEnvironment } from '../kit/python-environment.ts';
import { PYTHON_PACKAGES } from '../versions.ts';

/** Of the same day as the awscli beside it: both bring one botocore. */
const BOTO3 = 'boto3==1.44.3';
const QUESTION = 'What is the capital of Japan?';
const ANSWER = 'The capital of Japan is Tokyo.';

await using cleanup = new AsyncDisposableStack();
const dataDirectory = cleanup.adopt(await mkdtemp(join(tmpdir(), 'signalbox-examples-')), (folder) =>
  rm(folder, { recursive: true, force: true }),
);
const programs = await pythonEnvironment([...PYTHON_PACKAGES.awsCli, BOTO3]);
const { stack } = cleanup.adopt(await startStack({ dataDirectory, args: ['--quiet'] }), (running) => running.stop());
const stackFile = join(dataDirectory, 'stack.json');
// The scripts read a stack file with Node, and use these versions of Python's programs.
const PATH = [programs, dirname(process.execPath), process.env.PATH].join(':');

const checks: Record<string, () => Promise<void>> = {
  'boto3: a request on the queue, its result by id': async () => {
    checkLines(await python([QUESTION, '--stack', stackFile]));
  },
  'boto3: the environment says where to go, as on AWS': async () => {
    checkLines(await python([QUESTION, '--stack', 'not-there.json'], asOnAws(stack)));
  },
  'boto3: a request that fails ends with its reason': async () => {
    const { code, stderr } = await python(['[[too-long]]', '--stack', stackFile]);
    assert.equal(code, 1);
    assert.match(stderr, /example-\S+ failed: /);
  },
  'awscli: a request on the queue, its result from the reply queue': async () => {
    checkResult(await shell('awscli.sh', [QUESTION], { SIGNALBOX_STACK: stackFile }), ANSWER);
  },
  'awscli: quotes and line ends in a question are taken as they are': async () => {
    const finished = await shell('awscli.sh', ['Say "hi" \\ to\nme'], { SIGNALBOX_STACK: stackFile });
    checkResult(finished, 'Say "hi" \\ to me');
  },
  'curl: a request over HTTP, its result by id': async () => {
    const finished = await shell('curl.sh', [QUESTION], { SIGNALBOX_STACK: stackFile });
    checkResult(finished, ANSWER);
    InferenceAccepted.parse(JSON.parse(finished.stderr));
  },
  'curl: the environment says where to go, as on AWS': async () => {
    checkResult(await shell('curl.sh', [QUESTION], { ...asOnAws(stack), SIGNALBOX_STACK: 'not-there.json' }), ANSWER);
  },
  'curl: a wrong key ends it, with what the gateway says': async () => {
    const { code, stderr } = await shell('curl.sh', [QUESTION], { ...asOnAws(stack), SIGNALBOX_API_KEY: 'wrong' });
    assert.notEqual(code, 0);
    assert.match(stderr, /invalid_api_key/);
  },
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`  ok: ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`  FAILED: ${name}\n${error instanceof Error ? error.message : String(error)}`);
  }
}
console.log(`${Object.keys(checks).length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function python(args: string[], environment: ExampleOptions['environment'] = {}): Promise<Finished> {
  return runExample(join(programs, 'python'), 'python-boto3.py', { args, environment });
}

function shell(file: string, args: string[], environment: Record<string, string>): Promise<Finished> {
  return runExample('sh', file, { args, environment: { PATH, ...environment } });
}

function checkLines({ code, stdout, stderr }: Finished): void {
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^The capital of Japan is Tokyo\.\nserved by \S+ in us-east-1\n$/);
}

function checkResult({ code, stdout, stderr }: Finished, said: string): void {
  assert.equal(code, 0, stderr);
  const { status, output } = InferenceResult.parse(JSON.parse(stdout));
  assert.equal(status, 'succeeded');
  const { message } = output as { message: { content: { text: string }[] } };
  assert.ok(message.content[0]?.text.includes(said), `"${message.content[0]?.text}" does not include "${said}"`);
}

/** What a shell has that talks to an installation on AWS; here the addresses are the embedded stack's. */
function asOnAws({ awsEndpointUrl, region, credentials, queues, gatewayUrl, apiKey }: StackFile): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: awsEndpointUrl,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    SIGNALBOX_QUEUE_URL: queues.standard,
    SIGNALBOX_GATEWAY_URL: gatewayUrl,
    SIGNALBOX_API_KEY: apiKey,
  };
}
