import type { Command } from 'commander';
import type { HoldAction } from '../targets/hold-request.ts';
import type { HoldOptions } from '../targets/hold-target.ts';
import { createContext } from './command-context.ts';
import { toMilliseconds } from './durations.ts';

type PlaceFlags = { stage?: string; stack?: string; json?: boolean };
type HoldFlags = PlaceFlags & { reason: string; for: number; yes?: boolean };
type ReleaseFlags = PlaceFlags & { reason: string };

const HOLDS: Readonly<Record<HoldAction, string>> = {
  eject: 'take a target out of all traffic at once: it fails, whatever is measured',
  drain: 'let a target have no more requests: it is well, but shall not be asked',
  restore: 'let a target have its whole share, whatever is measured',
};

export function addTargetsCommands(program: Command): void {
  const targets = program.command('targets').description('the targets of the table in force: how each is, and who decides it');
  withPlace(targets.command('list').description('every target with its state, share and reason, and what is held by hand'))
    .option('--json', 'print as JSON, as GET /v1/targets answers it')
    .addHelpText('after', '\nExits with 1 when fleet health could not be read.\n\nExample:\n  $ signalbox targets list --stage prod')
    .action(list);
  for (const [action, what] of Object.entries(HOLDS)) addHold(targets, action as HoldAction, what);
  addRelease(targets);
}

function addHold(targets: Command, action: HoldAction, what: string): void {
  withPlace(targets.command(action).description(what))
    .argument('<target>', 'a target of the table in force')
    .requiredOption('--reason <text>', 'why, for everyone who sees it')
    .requiredOption(
      '--for <time>',
      'how long it holds, as 30m, 2h or 1d, 30 days at most; then what is measured decides again',
      toMilliseconds,
    )
    .option('--yes', 'do not ask, also when a route has nobody else')
    .option('--json', 'print how it was before and after as JSON')
    .addHelpText('after', `\nThe last one holds.\n\nExample:\n  $ signalbox targets ${action} nova-lite --reason "quota increase" --for 2h`)
    .action((target: string, { reason, for: forMs, ...flags }: HoldFlags) => hold({ action, target, reason, forMs }, flags));
}

function addRelease(targets: Command): void {
  withPlace(targets.command('release').description('end a hold before its time: what is measured decides again'))
    .argument('<target>', 'a target that is held by hand')
    .requiredOption('--reason <text>', 'why, for everyone who sees it')
    .option('--json', 'print how it was before and after as JSON')
    .addHelpText('after', '\nExample:\n  $ signalbox targets release nova-lite --reason "upgrade is done"')
    .action((target: string, { reason, ...flags }: ReleaseFlags) => hold({ action: 'release', target, reason }, flags));
}

function withPlace(command: Command): Command {
  return command
    .option('--stage <stage>', 'of an installation on AWS')
    .option('--stack <file>', 'of an embedded one, by its stack.json or its data directory');
}

async function list({ json, ...place }: PlaceFlags): Promise<void> {
  const [{ findPlace }, { readTargets }, { printTargets }] = await Promise.all([
    import('../installation/place.ts'),
    import('../targets/read-targets.ts'),
    import('../targets/print-targets.ts'),
  ]);
  const { output, now } = createContext();
  const read = await readTargets(findPlace(place), now.getTime());
  process.exitCode = printTargets(read, { output, now: now.getTime(), json });
}

async function hold(options: HoldOptions, { yes, json, ...flags }: PlaceFlags & { yes?: boolean }): Promise<void> {
  const [{ findPlace }, { readTargets }, { holdTarget }, { findAuthor }, { invokeController }, { confirmer }] = await Promise.all([
    import('../installation/place.ts'),
    import('../targets/read-targets.ts'),
    import('../targets/hold-target.ts'),
    import('../targets/find-author.ts'),
    import('../targets/invoke-controller.ts'),
    import('../policy/confirm.ts'),
  ]);
  const place = findPlace(flags);
  const { output } = createContext();
  process.exitCode = await holdTarget(
    { ...options, json },
    {
      readTargets: async () => (await readTargets(place, Date.now())).list,
      findAuthor: () => findAuthor(place),
      invoke: (request) => invokeController(place, request),
      confirm: confirmer({ yes, output }),
      output,
      now: Date.now,
    },
  );
}
