import type { Command } from 'commander';
import { type Edit, parseSet, parseUnset } from '../kept/edit-body.ts';
import type { StoreName } from '../kept/open-store.ts';
import { UsageError } from '../usage-error.ts';
import { createContext } from './command-context.ts';
import { toWhole } from './numbers.ts';

type LookFlags = { limit: number; stage?: string; stack?: string; json?: boolean };
type RedriveFlags = LookFlags & { all?: boolean; set: Edit[]; unset: Edit[]; newId?: boolean };

const KINDS = {
  rejected: {
    what: 'rejected messages',
    description: 'messages that were no request that can be taken: look at them, mend them, send them again',
  },
  deadletters: { what: 'dead letters', description: 'messages whose every receive ended in a crash: look at them, send them again' },
} as const satisfies Record<StoreName, { what: string; description: string }>;
const LIST_LIMIT = 100;
const SEARCH_LIMIT = 1_000;

export function addKeptCommands(program: Command): void {
  for (const name of ['rejected', 'deadletters'] as const) {
    const group = program.command(name).description(KINDS[name].description);
    addList(group, name);
    addShow(group, name);
    addRedrive(group, name);
  }
}

function addList(group: Command, name: StoreName): void {
  withPlace(group.command('list'), LIST_LIMIT)
    .description(`the ${KINDS[name].what}, newest first, and why each is one; takes nothing away`)
    .addHelpText('after', `\nExample:\n  $ signalbox ${name} list`)
    .action((flags: LookFlags) =>
      withStore(name, flags, async ({ store, output, signal }) => {
        const { listKept } = await import('../kept/list-kept.ts');
        return listKept({ store, what: KINDS[name].what, limit: flags.limit, json: flags.json === true, output, signal });
      }),
    );
}

function addShow(group: Command, name: StoreName): void {
  withPlace(group.command('show'), SEARCH_LIMIT)
    .description('one of them: the message, why it was refused, and where it lies; takes nothing away')
    .argument('<id>', 'of the list, or of its request')
    .addHelpText(
      'after',
      `\nExits with 1 when none has that id.\n\nExample:\n  $ signalbox ${name} show 0f6ae2c1-5b5c-4d3a-9d3e-0d6c1c8f7a10`,
    )
    .action((id: string, flags: LookFlags) =>
      withStore(name, flags, async ({ store, output, signal }) => {
        const { showKept } = await import('../kept/show-kept.ts');
        return showKept({ store, what: KINDS[name].what, id, limit: flags.limit, json: flags.json === true, output, signal });
      }),
    );
}

function addRedrive(group: Command, name: StoreName): void {
  withPlace(group.command('redrive'), SEARCH_LIMIT)
    .description('send them again, each checked first; what is still wrong stays where it is, and is told')
    .argument('[ids...]', 'of the list, or of their requests')
    .option('--all', 'all of them')
    .option(
      '--set <field=value>',
      'change a field first; the value is JSON, or else a text',
      (text, edits: Edit[]) => [...edits, parseSet(text)],
      [],
    )
    .option('--unset <field>', 'take a field away first', (text, edits: Edit[]) => [...edits, parseUnset(text)], [])
    .option('--new-id', 'give each a new id, also where its own is free')
    .addHelpText(
      'after',
      `\nAn id that is taken is replaced by a new one, which is printed. Exits with 0 when all were sent, 1 when one was not.\n\nExample:\n  $ signalbox ${name} redrive --all --set route=default`,
    )
    .action(redrive);

  async function redrive(ids: string[], flags: RedriveFlags): Promise<void> {
    if ((flags.all === true) === ids.length > 0) throw new UsageError('Name the messages to send again by their ids, or --all.');
    await withStore(name, flags, async ({ store, place, output, signal }) => {
      const [{ redriveKept }, { readTableOrSay }, { createProducer }, { producerConnection }] = await Promise.all([
        import('../kept/redrive-kept.ts'),
        import('../kept/read-table-or-say.ts'),
        import('../producer/create-producer.ts'),
        import('../installation/producer-connection.ts'),
      ]);
      const [table, connection] = await Promise.all([readTableOrSay(place, output.note), producerConnection(place, process.env)]);
      const producer = createProducer(connection);
      const rules = { edits: [...flags.unset, ...flags.set], hasNewId: flags.newId === true, table, now: Date.now() };
      try {
        const chosen = flags.all ? undefined : ids;
        return await redriveKept({ store, producer, rules, ids: chosen, limit: flags.limit, json: flags.json === true, output, signal });
      } finally {
        producer.close();
      }
    });
  }
}

function withPlace(command: Command, limit: number): Command {
  return command
    .option('--limit <number>', 'look at so many at most', toWhole, limit)
    .option('--stage <stage>', 'of an installation on AWS')
    .option('--stack <file>', 'of an embedded one, by its stack.json or its data directory')
    .option('--json', 'print as JSON');
}

type Opened = {
  store: import('../kept/kept-message.ts').KeptStore;
  place: import('../installation/place.ts').Place;
  output: import('../output/output.ts').Output;
  signal: AbortSignal;
};
type Work = (opened: Opened) => Promise<import('../exit-code.ts').ExitCode>;

/** Opens the store, ends in good order on Ctrl-C, and closes. */
async function withStore(name: StoreName, { stage, stack }: LookFlags, work: Work): Promise<void> {
  const [{ findPlace }, { openStore }, { onInterrupt }] = await Promise.all([
    import('../installation/place.ts'),
    import('../kept/open-store.ts'),
    import('../on-interrupt.ts'),
  ]);
  const { output } = createContext();
  const place = findPlace({ stage, stack });
  const { store, close } = await openStore(name, place, output.note);
  const { signal, dispose } = onInterrupt(() => output.note('Interrupted: gives back what it looked at.'));
  try {
    process.exitCode = await work({ store, place, output, signal });
  } finally {
    dispose();
    close();
  }
}
