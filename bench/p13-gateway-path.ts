import { fork } from 'node:child_process';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { askChat, type ChatPath, type ChatTimes, chatBody } from './ask-chat.ts';
import { end, nextMessage } from './child-messages.ts';
import { gatewayPathRows, type Measured, PATHS, type PathName, type Round, type Scenario } from './gateway-path-rows.ts';
import { gatewayPolicy, modelName } from './gateway-policy.ts';
import { limitTenant } from './limit-tenant.ts';
import type { OpenAiStubAddress } from './openai-stub.ts';
import { processorMs } from './processor-ms.ts';
import type { Row } from './report.ts';
import { startGatewayHandler } from './start-gateway-handler.ts';
import { startPolicyStack } from './start-policy-stack.ts';
import { startPortkey } from './start-portkey.ts';

const ROUNDS = 11;
const WARM_UP = 40;

const SCENARIOS: readonly Scenario[] = [
  { delayMs: 0, stream: false, atOnce: 1, requests: 20 },
  { delayMs: 50, stream: false, atOnce: 1, requests: 10 },
  { delayMs: 50, stream: false, atOnce: 16, requests: 48 },
  { delayMs: 0, stream: true, atOnce: 1, requests: 10 },
  { delayMs: 50, stream: true, atOnce: 1, requests: 10 },
  { delayMs: 50, stream: true, atOnce: 16, requests: 48 },
];

type Ask = (scenario: Scenario) => Promise<ChatTimes>;
/** What asks on each path, and the processor time that the gateway of it has used, in milliseconds. */
type Path = { ask: Ask; usedMs?: () => number };

/** What the synchronous path adds to a model call, beside Portkey's gateway before the same model server. */
export async function measureGatewayPath(scenarios = SCENARIOS): Promise<Row[]> {
  await using closing = new AsyncDisposableStack();
  const stub = fork(join(import.meta.dirname, 'openai-stub.ts'));
  closing.defer(() => end(stub));
  const { url } = await nextMessage<OpenAiStubAddress>(stub);
  const portkey = closing.adopt(await startPortkey(), ({ stop }) => stop());
  const running = closing.adopt(await startPolicyStack(gatewayPolicy(url, [0, 50])), ({ stop }) => stop());
  await limitTenant(running.stack);
  const handler = closing.adopt(await startGatewayHandler(running.stack), ({ stop }) => stop());
  const agent = new Agent({ keepAlive: true });
  closing.defer(() => agent.destroy());

  const { gatewayUrl, apiKey } = running.stack;
  const over =
    (path: (scenario: Scenario) => ChatPath): Ask =>
    (scenario) =>
      askChat(path(scenario), { agent, stream: scenario.stream });
  const ofUrl = (base: string, headers: Record<string, string>) => ({ url: `${base}/chat/completions`, headers, model: 'bench-model' });
  const paths: Record<PathName, Path> = {
    direct: { ask: over(({ delayMs }) => ofUrl(`${url}/${delayMs}/v1`, {})) },
    portkey: {
      ask: over(({ delayMs }) =>
        ofUrl(`${portkey.url}/v1`, {
          authorization: 'Bearer bench',
          'x-portkey-provider': 'openai',
          'x-portkey-custom-host': `${url}/${delayMs}/v1`,
        }),
      ),
      usedMs: () => processorMs(portkey.pid),
    },
    ours: {
      ask: over((scenario) => ({ ...ofUrl(`${gatewayUrl}/v1`, { authorization: `Bearer ${apiKey}` }), model: modelName(scenario) })),
      usedMs: () => processorMs(running.stack.pid),
    },
    handler: { ask: ({ delayMs, stream }) => handler.ask(chatBody({ model: modelName({ delayMs, stream }), stream })) },
  };
  const rows: Row[] = [];
  for (const scenario of scenarios) {
    await warmUp(paths, scenario);
    rows.push(...gatewayPathRows(scenario, await runRounds(paths, scenario), portkey.version));
  }
  return rows;
}

/** First a few at once, since each request at once is a sandbox that has to start. */
async function warmUp(paths: Record<PathName, Path>, scenario: Scenario): Promise<void> {
  for (const name of namesOf(scenario)) {
    for (const atOnce of [Math.min(scenario.atOnce, 4), scenario.atOnce])
      await runAll({ ...scenario, atOnce, requests: WARM_UP }, paths[name].ask);
  }
}

/** A sandbox takes one request at a time, so the handler alone is asked for no more. */
function namesOf({ atOnce }: Scenario): PathName[] {
  return PATHS.filter((name) => name !== 'handler' || atOnce === 1);
}

async function runRounds(paths: Record<PathName, Path>, scenario: Scenario): Promise<Round[]> {
  const names = namesOf(scenario);
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const seen: Round = { direct: nothing(), portkey: nothing(), ours: nothing(), handler: nothing() };
    for (let index = 0; index < names.length; index++) {
      const name = names[(round + index) % names.length] ?? 'direct';
      const { ask, usedMs = () => 0 } = paths[name];
      const before = usedMs();
      const { times, failures } = await runAll(scenario, ask);
      seen[name].times = times;
      seen[name].failures = failures;
      seen[name].cpuMs = usedMs() - before;
    }
    rounds.push(seen);
  }
  return rounds;
}

function nothing(): Measured {
  return { times: [], failures: [], cpuMs: 0 };
}

async function runAll(scenario: Scenario, ask: Ask): Promise<Pick<Measured, 'times' | 'failures'>> {
  const times: ChatTimes[] = [];
  const failures: string[] = [];
  let started = 0;
  const worker = async () => {
    while (started < scenario.requests) {
      started += 1;
      await ask(scenario).then(
        (answered) => times.push(answered),
        (error: unknown) => failures.push(String(error)),
      );
    }
  };
  await Promise.all(Array.from({ length: scenario.atOnce }, worker));
  if (times.length === 0) throw new Error(`none of ${failures.length} requests was answered: ${failures[0]}`);
  return { times, failures };
}
