// The examples that need more than Node.js: Python with boto3 and with openai, awscli and curl, each run against an embedded stack.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ChatCompletion, ChatCompletionChunk, InferenceAccepted, InferenceResult, type StackFile } from '@signalbox/contracts';
import { startStack } from '../../e2e/kit/running-stack.ts';
import { createSimulator } from '../../e2e/kit/simulator.ts';
import { type ExampleOptions, type Finished, runExample } from '../../examples/kit/run-example.ts';
import { pythonEnvironment } from '../kit/python-environment.ts';
import { PYTHON_PACKAGES } from '../versions.ts';

/** Of the same day as the awscli beside it: both bring one botocore. */
const BOTO3 = 'boto3==1.44.3';
const OPENAI = 'openai==3.54.0';
const QUESTION = 'What is the capital of Japan?';
const ANSWER = 'The capital of Japan is Tokyo.';

await using cleanup = new AsyncDisposableStack();
const dataDirectory = cleanup.adopt(await mkdtemp(join(tmpdir(), 'signalbox-examples-')), (folder) =>
  rm(folder, { recursive: true, force: true }),
);
const programs = await pythonEnvironment([...PYTHON_PACKAGES.awsCli, BOTO3]);
// By itself: it asks for a newer Python than the others.
const openAiPrograms = await pythonEnvironment([OPENAI]);
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
  'openai for Python: an answer at once, whole and as a stream': async () => {
    checkAtOnce(await openAi([QUESTION, '--stack', stackFile]));
  },
  'openai for Python: the environment says where to go, as on AWS': async () => {
    checkAtOnce(await openAi([QUESTION, '--stack', 'not-there.json'], asOnAws(stack)));
  },
  'openai for Python: a refusal is an error of its own class': async () => {
    const { code, stderr } = await openAi([QUESTION, '--stack', stackFile, '--model', 'nobody']);
    assert.equal(code, 1);
    assert.match(stderr, /^NotFoundError model_not_found: .*"nobody" is no route, model or target/);
  },
  'openai for Python: a stream that breaks off is an error': async () => {
    const finished = await brokenOff('nova-pro', (target) => openAi([QUESTION, '--stack', stackFile, '--model', target]));
    assert.match(finished.stdout, /\nThe capital of J$/);
    assert.match(finished.stderr, /^APIError answer_interrupted: The answer of nova-pro broke off and is not whole/);
  },
  'curl: a chat completion, whole and as a stream': async () => {
    checkChat(await shell('curl-chat.sh', [QUESTION], { SIGNALBOX_STACK: stackFile }));
  },
  'curl: a chat completion where the environment says; a refusal is shown': async () => {
    const finished = await shell('curl-chat.sh', [QUESTION], { ...asOnAws(stack), SIGNALBOX_MODEL: 'nobody' });
    assert.notEqual(finished.code, 0);
    assert.match(finished.stdout, /"code":"model_not_found"/);
  },
  'curl: a stream that breaks off is an error': async () => {
    const environment = { SIGNALBOX_STACK: stackFile };
    const finished = await brokenOff('sonnet', (target) => shell('curl-chat.sh', [QUESTION], { ...environment, SIGNALBOX_MODEL: target }));
    assert.match(finished.stdout, /"code":"answer_interrupted"[^\n]*\n$/);
  },
  'curl: a wrong key ends it, with what the gateway says': async () => {
    const { code, stderr } = await shell('curl.sh', [QUESTION], { ...asOnAws(stack), SIGNALBOX_API_KEY: 'wrong' });
    assert.notEqual(code, 0);
    assert.match(stderr, /invalid_api_key/);
  },
};

/** Of each model: a share of its calls that spares the first and hits the second, the same in every run. */
const BREAKS = {
  'nova-pro': { modelId: 'amazon.nova-pro-v1:0', rate: 0.2 },
  sonnet: { modelId: 'us.anthropic.claude-sonnet-5', rate: 0.5 },
} as const;

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

function openAi(args: string[], environment: ExampleOptions['environment'] = {}): Promise<Finished> {
  return runExample(join(openAiPrograms, 'python'), 'openai-python.py', { args, environment });
}

/** Runs an example whose whole answer comes and whose stream is cut. */
async function brokenOff(target: keyof typeof BREAKS, run: (target: string) => Promise<Finished>): Promise<Finished> {
  const { modelId, rate } = BREAKS[target];
  const simulator = createSimulator(stack);
  await simulator.break(modelId, { kind: 'cut-stream', afterTokens: 4, rate });
  const finished = await run(target);
  await simulator.heal();
  assert.equal(finished.code, 1, finished.stderr);
  assert.match(finished.stdout, /^[^\n]*The capital of Japan is Tokyo\./);
  return finished;
}

function shell(file: string, args: string[], environment: Record<string, string>): Promise<Finished> {
  return runExample('sh', file, { args, environment: { PATH, ...environment } });
}

function checkLines({ code, stdout, stderr }: Finished): void {
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^The capital of Japan is Tokyo\.\nserved by \S+ in us-east-1\n$/);
}

function checkAtOnce({ code, stdout, stderr }: Finished): void {
  assert.equal(code, 0, stderr);
  assert.equal(stdout, `${ANSWER}\nanswered by amazon.nova-lite-v1:0, 16 tokens\n${ANSWER}\nstreamed: 8 tokens\n`);
}

function checkChat({ code, stdout, stderr }: Finished): void {
  assert.equal(code, 0, stderr);
  const [whole, ...chunks] = stdout.trimEnd().split('\n');
  assert.equal(ChatCompletion.parse(JSON.parse(whole ?? '')).choices[0]?.message.content, ANSWER);
  const pieces = chunks.map((chunk) => ChatCompletionChunk.parse(JSON.parse(chunk)));
  assert.equal(pieces.map(({ choices }) => choices[0]?.delta.content ?? '').join(''), ANSWER);
  assert.deepEqual(pieces.at(-1)?.usage, { prompt_tokens: 8, completion_tokens: 8, total_tokens: 16 });
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
