import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ProducerConnection } from '../producer/connect-producer.ts';
import type { SendOptions } from '../send/send-file.ts';
import { UsageError } from '../usage-error.ts';
import { createContext } from './command-context.ts';
import { toNumber, toWhole } from './numbers.ts';

type SendFlags = SendOptions & PlaceFlags;
type PlaceFlags = { stage?: string | undefined; stack?: string | undefined; gateway?: string | undefined };

export function addSendCommand(program: Command): void {
  program
    .command('send')
    .description('send a file of requests, one as JSON on each line; sent again, none is answered twice')
    .argument('<file>', 'the file (.jsonl), or - for standard input')
    .option('--route <name>', 'the route of those that name none')
    .addOption(new Option('--priority <priority>', 'the queue, for all of them').choices(['interactive', 'standard', 'bulk']))
    .option('--rate <number>', 'at most so many a second', toRate)
    .option('--campaign <name>', 'ids come from this name, the line number and the line (default: the file, by its name and place)')
    .option('--from-line <number>', 'begin there', toWhole)
    .option('--wait', 'wait for the results and print them')
    .option('--timeout <seconds>', 'with --wait, how long', toNumber, 600)
    .option('--stage <stage>', 'to the queues of an installation on AWS')
    .option('--stack <file>', 'to an embedded one, by its stack.json or its data directory')
    .option('--gateway <url>', 'by the API of this gateway, with the key in SIGNALBOX_API_KEY; no AWS credentials')
    .option('--json', 'print what became of each line as JSON, a line each')
    .addHelpText(
      'after',
      '\nExits with 0 when all were sent, 1 when a line was refused or the queue took no more, 3 when --wait ended before the results, 130 on Ctrl-C.\n\nExample:\n  $ signalbox send questions.jsonl --route fast --priority bulk',
    )
    .action(run);
}

async function run(file: string, { stage, stack, gateway, ...options }: SendFlags): Promise<void> {
  const [{ createProducer }, { sendFile }, { onInterrupt }] = await Promise.all([
    import('../producer/create-producer.ts'),
    import('../send/send-file.ts'),
    import('../on-interrupt.ts'),
  ]);
  const { output } = createContext();
  const producer = createProducer(await connectionOf({ stage, stack, gateway }));
  const { signal, dispose } = onInterrupt(() => output.note('\nInterrupted: ends with what is under way; again to end at once.'));
  const placeFlags = await flagsOf({ stage, stack, gateway });
  try {
    const isWatched = process.stderr.isTTY === true;
    const { stdin } = process;
    process.exitCode = await sendFile({ file, from: process.cwd(), stdin, options, placeFlags, producer, output, isWatched, signal });
  } finally {
    dispose();
    producer.close();
  }
}

async function connectionOf({ gateway, ...place }: PlaceFlags): Promise<ProducerConnection> {
  const [{ findPlace }, { producerConnection }, { gatewayConnection }] = await Promise.all([
    import('../installation/place.ts'),
    import('../installation/producer-connection.ts'),
    import('../result/reader-connection.ts'),
  ]);
  if (gateway === undefined) return producerConnection(findPlace(place), process.env);
  if (place.stage !== undefined || place.stack !== undefined)
    throw new UsageError('--gateway, --stage and --stack each name an installation; give one of them.');
  return gatewayConnection(gateway, process.env);
}

/** The installation as it was named, for the command that goes on. */
async function flagsOf(place: PlaceFlags): Promise<string> {
  const { quote } = await import('../send/describe-resume.ts');
  return (['stage', 'stack', 'gateway'] as const)
    .flatMap((name) => (place[name] === undefined ? [] : [`--${name} ${quote(place[name])}`]))
    .join(' ');
}

function toRate(value: string): number {
  const rate = toNumber(value);
  if (rate > 10_000) throw new InvalidArgumentError('must be at most 10000 a second');
  return rate;
}
