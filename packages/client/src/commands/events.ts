import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { createContext } from './command-context.ts';
import { toWhole } from './numbers.ts';

type TailFlags = { type: string[]; id?: string; count?: number; stage?: string; stack?: string; json?: boolean };

export function addEventsCommands(program: Command): void {
  const events = program.command('events').description('what happens, as events');
  events
    .command('tail')
    .description('print events as they come, until Ctrl-C; by a queue and a rule of its own, which it removes when it ends')
    .option('--type <type>', 'only of this type, as InferenceFailed (again for more)', (type, types: string[]) => [...types, type], [])
    .option('--id <id>', 'only of this request')
    .option('--count <number>', 'end after so many', toWhole)
    .option('--stage <stage>', 'of an installation on AWS')
    .option('--stack <file>', 'of an embedded one, by its stack.json or its data directory')
    .option('--json', 'print each event as JSON, a line each')
    .addHelpText(
      'after',
      '\nWithout --type it leaves out AttemptsObserved, the aggregates of attempts. A new rule may need a minute on AWS.\n\nExample:\n  $ signalbox events tail --type InferenceFailed --type InferenceRejected',
    )
    .action(tail);
}

async function tail({ stage, stack, type, id, count, json }: TailFlags): Promise<void> {
  const [{ findPlace }, { connectTail }, { cleanOrNote }, { openBusTail }, { tailEvents }, { tailPattern }, { onInterrupt }, closed] =
    await Promise.all([
      import('../installation/place.ts'),
      import('../events/connect-tail.ts'),
      import('../events/clean-or-note.ts'),
      import('../events/tail-bus.ts'),
      import('../events/tail-events.ts'),
      import('../events/tail-pattern.ts'),
      import('../on-interrupt.ts'),
      import('../closed-output.ts'),
    ]);
  const { output } = createContext();
  const { sqs, events, busName, close } = await connectTail(findPlace({ stage, stack }));
  const stop = new AbortController();
  const { signal, dispose } = onInterrupt(() => stop.abort());
  closed.onClosedOutput(() => stop.abort());
  try {
    await cleanOrNote({ sqs, events, busName, output });
    const pattern = tailPattern({ types: type, id });
    const random = randomBytes(6).toString('hex');
    const opened = await openBusTail({ sqs, events, busName, pattern, random, now: Date.now });
    try {
      if (process.stderr.isTTY) output.note(`Listening on the bus ${busName} by ${opened.name}; Ctrl-C ends it.`);
      const both = AbortSignal.any([signal, stop.signal]);
      process.exitCode = await tailEvents({ tail: opened, json: json === true, count, output, signal: both, now: Date.now });
    } finally {
      await opened.close();
    }
  } finally {
    dispose();
    close();
  }
}
