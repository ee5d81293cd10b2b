import type { Command } from 'commander';
import { createContext } from './command-context.ts';
import { toNumber } from './numbers.ts';

type ResultFlags = { wait?: number; stack?: string; gateway?: string; json?: boolean };

export function addResultCommand(program: Command): void {
  program
    .command('result')
    .description('the result of a request, by its id')
    .argument('<id>', 'the id that it was sent with')
    .option('--wait <seconds>', 'wait for it so long', toNumber)
    .option('--stack <file>', 'of an embedded installation, by its stack.json or its data directory')
    .option('--gateway <url>', 'of the installation with this gateway, with the key in SIGNALBOX_API_KEY')
    .option('--json', 'print the result document')
    .addHelpText(
      'after',
      '\nExits with 0 when it succeeded, 1 when it ended otherwise or is not known, 3 while it waits.\n\nExample:\n  $ signalbox result invoice-4711 --wait 30',
    )
    .action(run);
}

async function run(id: string, { wait, stack, gateway, json }: ResultFlags): Promise<void> {
  const [{ printResult }, { createProducer }, { readerConnection }] = await Promise.all([
    import('../result/print-result.ts'),
    import('../producer/create-producer.ts'),
    import('../result/reader-connection.ts'),
  ]);
  const producer = createProducer(readerConnection({ stack, gateway, environment: process.env }));
  try {
    const { output } = createContext();
    process.exitCode = await printResult({ id, producer, waitMs: wait === undefined ? undefined : wait * 1_000, json, output });
  } finally {
    producer.close();
  }
}
