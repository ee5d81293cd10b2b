import { type Command, InvalidArgumentError } from 'commander';
import { EXIT_CODE } from '../exit-code.ts';
import { findStack } from '../find-stack.ts';
import { formatResult } from '../format-result.ts';
import { createContext } from './command-context.ts';

type AskOptions = { route?: string; stack?: string; timeout: number; json?: boolean };

export function addAskCommand(program: Command): void {
  program
    .command('ask')
    .description('ask one question through the queue and print the answer')
    .argument('<text>', 'the question')
    .option('--route <name>', 'the route to ask')
    .option('--stack <file>', 'the stack.json of a running installation, or its data directory')
    .option('--timeout <seconds>', 'how long to wait', toSeconds, 60)
    .option('--json', 'print the result document')
    .addHelpText('after', '\nExample:\n  $ signalbox ask "What is a signal box?" --route fast')
    .action((text: string, options: AskOptions) => run(text, options));
}

async function run(text: string, { route, stack, timeout, json }: AskOptions): Promise<void> {
  const found = findStack({ file: stack });
  const { ask } = await import('../ask.ts');
  const asked = await ask({ stack: found, text, route, timeoutMs: timeout * 1_000 });
  if (asked.kind === 'waiting') {
    if (json) console.log(JSON.stringify({ id: asked.id, status: 'running' }, null, 2));
    console.error(
      `No answer within ${timeout} s. The request waits, up to 24 hours; its result will be at GET ${found.gatewayUrl}/v1/inferences/${asked.id}`,
    );
    process.exitCode = EXIT_CODE.waiting;
    return;
  }
  const { result } = asked;
  if (json) console.log(JSON.stringify(result, null, 2));
  else {
    const { text: answer, summary } = formatResult(result);
    (result.status === 'succeeded' ? console.log : console.error)(answer);
    const { output } = createContext();
    if (process.stderr.isTTY && summary) output.note(output.style('dim', summary));
  }
  if (result.status !== 'succeeded') process.exitCode = EXIT_CODE.failed;
}

function toSeconds(value: string): number {
  const seconds = Number(value);
  if (!(seconds > 0)) throw new InvalidArgumentError('must be a number of seconds above 0');
  return seconds;
}
