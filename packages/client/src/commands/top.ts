import type { Command } from 'commander';
import type { Output } from '../output/output.ts';
import type { TopView } from '../top/top-view.ts';
import { createContext } from './command-context.ts';
import { toNumber } from './numbers.ts';

type TopFlags = { once?: boolean; after: number; interval: number; stage?: string; stack?: string; json?: boolean };

export function addTopCommand(program: Command): void {
  program
    .command('top')
    .description('how an installation is now, until Ctrl-C: its targets, routes and queues, with rates from its events')
    .option('--once', 'one picture, and the end; so it is in a pipe')
    .option('--after <seconds>', 'with --once, listen so long before', toNumber, 5)
    .option('--interval <seconds>', 'draw anew so often', toNumber, 1)
    .option('--stage <stage>', 'of an installation on AWS')
    .option('--stack <file>', 'of an embedded one, by its stack.json or its data directory')
    .option('--json', 'print as JSON: one document with --once, else a line each time')
    .addHelpText(
      'after',
      '\nRates and latencies are those of the last minute, by events; a new rule for them may need a minute on AWS. The queue and the rule are removed at the end.\nWith --once it exits with 1 when something could not be read.\n\nExample:\n  $ signalbox top --stage prod',
    )
    .action(run);
}

async function run({ once, after, interval, json, ...flags }: TopFlags): Promise<void> {
  const [{ findPlace }, { connectTop }, { runTop }, { terminalScreen }, { onInterrupt }, closed] = await Promise.all([
    import('../installation/place.ts'),
    import('../top/connect-top.ts'),
    import('../top/run-top.ts'),
    import('../top/screen.ts'),
    import('../on-interrupt.ts'),
    import('../closed-output.ts'),
  ]);
  const { output } = createContext();
  const canDraw = output.columns !== undefined && process.env.TERM !== 'dumb';
  const isOnce = once === true || (!json && !canDraw);
  const screen = isOnce || json ? undefined : terminalScreen(process.stdout);
  const ports = await connectTop(findPlace(flags), output);
  const stop = new AbortController();
  const { signal, dispose } = onInterrupt(() => stop.abort());
  closed.onClosedOutput(() => stop.abort());
  try {
    process.exitCode = await runTop(ports, {
      onceAfterMs: isOnce ? after * 1_000 : undefined,
      intervalMs: interval * 1_000,
      show: await shower({ output, isOnce, json: json === true, screen }),
      onResize: screen?.onResize,
      signal: AbortSignal.any([signal, stop.signal]),
    });
  } finally {
    screen?.end();
    dispose();
    ports.close();
  }
}

type Showing = {
  output: Output;
  isOnce: boolean;
  json: boolean;
  screen: ReturnType<typeof import('../top/screen.ts').terminalScreen> | undefined;
};

/** How a picture is shown: as data, drawn over the last one, or printed. */
async function shower({ output, isOnce, json, screen }: Showing): Promise<(view: TopView) => void> {
  const [{ formatTop }, { toTopDocument }] = await Promise.all([import('../top/format-top.ts'), import('../top/top-document.ts')]);
  if (json) return (view) => output.print(JSON.stringify(toTopDocument(view), null, isOnce ? 2 : undefined));
  if (screen) return (view) => screen.draw(formatTop(view, { ...screen.size(), style: output.style }));
  return (view) => output.print(formatTop(view, output));
}
