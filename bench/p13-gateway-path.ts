import { fork } from 'node:child_process';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { askChat, type ChatPath, type ChatTimes, chatBody } from './ask-chat.ts';
import { end, nextMessage } from './child-messages.ts';
import { gatewayPolicy, modelName } from './gateway-policy.ts';
import { median } from './median.ts';
import type { OpenAiStubAddress } from './openai-stub.ts';
import { percentile } from './percentile.ts';
import { processorMs } from './processor-ms.ts';
import type { Row } from './report.ts';
import { startGatewayHandler } from './start-gateway-handler.ts';
import { startPolicyStack } from './start-policy-stack.ts';
import { startPortkey } from './start-portkey.ts';

const ROUNDS = 11;
const WARM_UP = 60;
const LIMITS = { added: 0.7, backMs: 2 };

/** One way of asking: `requests` in each round and of each path. */
type Scenario = { delayMs: number; stream: boolean; atOnce: number; requests: number };

const SCENARIOS: readonly Scenario[] = [
  { delayMs: 0, stream: false, atOnce: 1, requests: 20 },
  { delayMs: 50, stream: false, atOnce: 1, requests: 10 },
  { delayMs: 50, stream: false, atOnce: 16, requests: 48 },
  { delayMs: 0, stream: true, atOnce: 1, requests: 10 },
  { delayMs: 50, stream: true, atOnce: 1, requests: 10 },
  { delayMs: 50, stream: true, atOnce: 16, requests: 48 },
];

const PATHS = ['direct', 'portkey', 'ours', 'handler'] as const;
type PathName = (typeof PATHS)[number];
type Ask = (scenario: Scenario) => Promise<ChatTimes>;
/** What asks on each path, and the processor time that the gateway of it has used, in milliseconds. */
type Path = { ask: Ask; usedMs?: () => number };
type Round = Record<PathName, { times: ChatTimes[]; cpuMs: number }>;

/** What the synchronous path adds to a model call, beside Portkey's gateway before the same model server. */
export async function measureGatewayPath(): Promise<Row[]> {
  await using closing = new AsyncDisposableStack();
  const stub = fork(join(import.meta.dirname, 'openai-stub.ts'));
  closing.defer(() => end(stub));
  const { url } = await nextMessage<OpenAiStubAddress>(stub);
  const portkey = closing.adopt(await startPortkey(), ({ stop }) => stop());
  const running = closing.adopt(await startPolicyStack(gatewayPolicy(url, [0, 50])), ({ stop }) => stop());
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
  await warmUp(paths);
  const rows: Row[] = [];
  for (const scenario of SCENARIOS) rows.push(...toRows(scenario, await runRounds(paths, scenario), portkey.version));
  return rows;
}

/** More and more at once, since each request at once is a sandbox that has to start; one that a starting sandbox on a busy machine refuses is no measurement. */
async function warmUp(paths: Record<PathName, Path>): Promise<void> {
  for (const [name, { ask }] of Object.entries(paths)) {
    const asked = (scenario: Scenario) => ask(scenario).catch(() => ({ underWayMs: 0, backMs: 0 }));
    for (const atOnce of name === 'handler' ? [1, 1] : [1, 4, 16]) {
      for (const stream of [false, true]) await runAll({ delayMs: 0, stream, atOnce, requests: WARM_UP }, asked);
    }
  }
}

async function runRounds(paths: Record<PathName, Path>, scenario: Scenario): Promise<Round[]> {
  const names = PATHS.filter((name) => name !== 'handler' || scenario.atOnce === 1);
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const seen = Object.fromEntries(PATHS.map((name) => [name, { times: [], cpuMs: 0 }])) as unknown as Round;
    for (let index = 0; index < names.length; index++) {
      const name = names[(round + index) % names.length] ?? 'direct';
      const { ask, usedMs = () => 0 } = paths[name];
      const before = usedMs();
      seen[name].times = await runAll(scenario, ask);
      seen[name].cpuMs = usedMs() - before;
    }
    rounds.push(seen);
  }
  return rounds;
}

async function runAll(scenario: Scenario, ask: Ask): Promise<ChatTimes[]> {
  const times: ChatTimes[] = [];
  let started = 0;
  const worker = async () => {
    while (started < scenario.requests) {
      started += 1;
      times.push(await ask(scenario));
    }
  };
  await Promise.all(Array.from({ length: scenario.atOnce }, worker));
  return times;
}

const MEASURED: Record<PathName, string> = {
  direct: 'direct to the model server',
  portkey: 'Portkey',
  ours: 'ours, API front and sandbox included',
  handler: 'our handler alone',
};

function toRows(scenario: Scenario, rounds: Round[], version: string): Row[] {
  const { delayMs, stream, atOnce } = scenario;
  const title = `${stream ? 'streamed, to the first piece' : 'whole'}, model of ${delayMs} ms, ${atOnce === 1 ? 'one at a time' : `${atOnce} at once`}`;
  const names = PATHS.filter((name) => rounds[0]?.[name].times.length);
  const addedByRound = (name: PathName, of: keyof ChatTimes) =>
    rounds.map((round) => p50(round[name].times, of) - p50(round.direct.times, of));
  const rows = names.map((name): Row => {
    const all = rounds.flatMap((round) => round[name].times.map(({ underWayMs }) => underWayMs));
    const added = median(addedByRound(name, 'underWayMs'));
    const cpuMs = median(rounds.map((round) => round[name].cpuMs / round[name].times.length));
    return {
      budget: 'P13',
      what: name === 'direct' ? title : `  ${MEASURED[name]}`,
      measured: name === 'direct' ? `${ms(median(all))} under way` : `${ms(added)} added`,
      how: [
        name === 'direct' ? MEASURED.direct : name === 'portkey' ? version : undefined,
        `p50 ${ms(median(all))}, p99 ${ms(percentile(all, 0.99))} of ${all.length}`,
        cpuMs > 0 ? `${ms(cpuMs)} of processor a request` : undefined,
      ]
        .filter((part) => part !== undefined)
        .join('; '),
    };
  });
  return [
    ...rows,
    judgeAdded(addedByRound('ours', 'underWayMs'), addedByRound('portkey', 'underWayMs')),
    ...(stream ? [judgeBack(scenario, rounds)] : []),
  ];
}

function judgeAdded(ours: number[], portkey: number[]): Row {
  const ratio = median(ours.map((value, round) => value / (portkey[round] ?? Number.NaN)));
  return {
    budget: 'P13',
    what: '  added p50, ours to Portkey',
    measured: '',
    ratio,
    limit: `<= ${LIMITS.added.toFixed(2)}x`,
    isMet: ratio <= LIMITS.added,
    how: `median of ${ROUNDS} rounds`,
  };
}

/** From the model server's sending to the client, less the same without a gateway. */
function judgeBack({ atOnce }: Scenario, rounds: Round[]): Row {
  const back = (name: PathName) => rounds.map((round) => p50(round[name].times, 'backMs') - p50(round.direct.times, 'backMs'));
  const all = rounds.flatMap((round) => round.ours.times.map(({ backMs }) => backMs));
  const measured = median(back('ours'));
  return {
    budget: 'P13',
    what: '  first piece forwarded after',
    measured: ms(measured),
    ...(atOnce === 1 && { limit: `<= ${LIMITS.backMs} ms`, isMet: measured <= LIMITS.backMs }),
    how: `Portkey ${ms(median(back('portkey')))}; ours to the client p99 ${ms(percentile(all, 0.99))}`,
  };
}

function p50(times: readonly ChatTimes[], of: keyof ChatTimes): number {
  return median(times.map((time) => time[of]));
}

function ms(value: number): string {
  return `${value.toFixed(2)} ms`;
}
