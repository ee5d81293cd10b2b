import type { Command } from 'commander';
import type { Fault } from '../chaos/simulator.ts';
import { createContext } from './command-context.ts';
import { toNumber, toWhole } from './numbers.ts';

type ChaosFlags = {
  rate?: number;
  for?: number;
  times?: number;
  status?: number;
  retryAfter?: number;
  latency?: number;
  afterTokens?: number;
  stack?: string;
  json?: boolean;
};

const KINDS = {
  error: 'answers with an error',
  throttle: 'answers that there are too many requests',
  latency: 'answers late',
  hang: 'never answers',
  'cut-stream': 'ends its streams before their end',
  'stall-stream': 'falls silent within its streams',
  malformed: 'answers with what nobody can read',
} as const;

/** What Bedrock answers when it has no capacity for anybody. */
const OUTAGE_STATUS = 503;

export function addChaosCommands(program: Command): void {
  const chaos = program.command('chaos').description('make a model of the embedded stack fail, and watch what happens');
  addOutage(chaos);
  for (const [kind, what] of Object.entries(KINDS)) addKind(chaos, kind, what);
  chaos
    .command('clear')
    .description('end the fault of one, or all faults')
    .argument('[model]', 'a target of the table in force, or a model id')
    .option('--stack <file>', 'the stack.json of an embedded installation, or its data directory')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  $ signalbox chaos clear')
    .action(clear);
}

/** The usual exercise by its name: whoever asks the model is told 503, as when its provider has an outage. */
function addOutage(chaos: Command): void {
  chaos
    .command('outage')
    .description('a model is down: every call is answered with 503')
    .argument('<model>', 'a target of the table in force, or a model id')
    .option('--for <seconds>', 'until then', toNumber)
    .option('--stack <file>', 'the stack.json of an embedded installation, or its data directory')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nWatch traffic leave and return with: signalbox top\n\nExample:\n  $ signalbox chaos outage nova-lite')
    .action((model: string, flags: ChaosFlags) => put('error', model, { ...flags, status: OUTAGE_STATUS }));
}

function addKind(chaos: Command, kind: string, what: string): void {
  const command = chaos
    .command(kind)
    .description(`a model ${what}`)
    .argument('<model>', 'a target of the table in force, or a model id')
    .option('--rate <share>', 'the share of its calls, 0 to 1', toNumber)
    .option('--for <seconds>', 'until then', toNumber)
    .option('--times <number>', 'for so many calls', toWhole)
    .option('--latency <ms>', 'after a wait', toWhole)
    .option('--stack <file>', 'the stack.json of an embedded installation, or its data directory')
    .option('--json', 'print as JSON')
    .addHelpText('after', `\nExample:\n  $ signalbox chaos ${kind} nova-lite --rate 0.5 --for 60`);
  if (kind === 'error') command.option('--status <number>', '400 to 599', toWhole);
  if (kind === 'error' || kind === 'throttle') command.option('--retry-after <seconds>', 'with such a header', toWhole);
  if (kind !== 'latency' && kind !== 'hang') command.option('--after-tokens <number>', 'in a stream, after so many tokens', toWhole);
  command.action((model: string, flags: ChaosFlags) => put(kind, model, flags));
}

async function put(kind: string, named: string, { stack, json, ...flags }: ChaosFlags): Promise<void> {
  const { simulator, modelIdOf } = await connect(stack);
  const modelId = await modelIdOf(named);
  const fault: Fault = {
    kind,
    ...(flags.rate !== undefined && { rate: flags.rate }),
    ...(flags.for !== undefined && { forSeconds: flags.for }),
    ...(flags.times !== undefined && { times: flags.times }),
    ...(flags.status !== undefined && { status: flags.status }),
    ...(flags.retryAfter !== undefined && { retryAfterSeconds: flags.retryAfter }),
    ...(flags.latency !== undefined && { latencyMs: flags.latency }),
    ...(flags.afterTokens !== undefined && { afterTokens: flags.afterTokens }),
  };
  const answer = await simulator.put(modelId, fault);
  const { output } = createContext();
  if (json) output.print(JSON.stringify(answer, null, 2));
  else if (output.columns !== undefined) output.note(`${modelId}: ${kind}. End it with: signalbox chaos clear`);
}

async function clear(named: string | undefined, { stack, json }: ChaosFlags): Promise<void> {
  const { simulator, modelIdOf } = await connect(stack);
  const cleared = await simulator.clear(named === undefined ? undefined : await modelIdOf(named));
  const { output } = createContext();
  if (json) output.print(JSON.stringify({ cleared }, null, 2));
  else if (output.columns !== undefined) output.note(`${cleared} cleared`);
}

/** Chaos is for the embedded stack alone: on AWS there is no simulator. */
async function connect(file: string | undefined) {
  const [{ findStack }, { createSimulator }, { findModelId }, { connectTo }, { readRunningTable }] = await Promise.all([
    import('../find-stack.ts'),
    import('../chaos/simulator.ts'),
    import('../chaos/find-model-id.ts'),
    import('../installation/connect-to.ts'),
    import('../installation/read-running-table.ts'),
  ]);
  const stack = findStack({ file });
  return {
    simulator: createSimulator(stack.simulatorUrl),
    modelIdOf: async (named: string) => findModelId((await readRunningTable(await connectTo({ kind: 'embedded', stack })))?.table, named),
  };
}
