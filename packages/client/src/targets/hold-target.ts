import type { TargetList } from '@signalbox/contracts';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { formatShare } from '../output/format-figures.ts';
import type { Output } from '../output/output.ts';
import { UsageError } from '../usage-error.ts';
import { type Held, type HoldAction, type HoldRequest, readHoldReply, type TargetStanding } from './hold-request.ts';
import { strandedRoutes } from './stranded-routes.ts';
import { formatTime } from './target-cells.ts';

/** A hold for a time, or the end of one. */
export type HoldOptions = { target: string; reason: string; json?: boolean | undefined } & (
  | { action: HoldAction; forMs: number }
  | { action: 'release' }
);
export type HoldPorts = {
  readTargets: () => Promise<TargetList>;
  findAuthor: () => Promise<string>;
  /** Gives the controller's answer as it came. */
  invoke: (request: HoldRequest) => Promise<unknown>;
  /** Asks whoever sits at the terminal; undefined when nobody does. */
  confirm: ((question: string) => Promise<boolean>) | undefined;
  output: Output;
  now: () => number;
};

/** Has the controller hold a target by hand, or let go of it, and says what that changed. */
export async function holdTarget({ target, reason, json, ...asked }: HoldOptions, ports: HoldPorts): Promise<ExitCode> {
  const { output, now } = ports;
  const list = await ports.readTargets();
  checkName(list, target);
  const takesOut = asked.action === 'eject' || asked.action === 'drain';
  if (takesOut && !(await isMeant(strandedRoutes(list, target), target, ports))) {
    output.note('Nothing was changed.');
    return EXIT_CODE.failed;
  }
  const who = { target, reason, author: await ports.findAuthor() };
  const request =
    asked.action === 'release' ? { ...who, action: asked.action } : { ...who, action: asked.action, until: now() + asked.forMs };
  const held = readHoldReply(await ports.invoke(request));
  if (json) output.print(JSON.stringify(held.whole, null, 2));
  else output.print(describe(request, held, now()));
  return EXIT_CODE.ok;
}

function checkName({ targets }: TargetList, name: string): void {
  if (targets.some(({ target }) => target === name)) return;
  const known = targets.map(({ target }) => target).join(', ') || 'none';
  throw new UsageError(`"${name}" is no target of the table in force. Targets: ${known}.`);
}

async function isMeant(stranded: readonly string[], target: string, { output, confirm }: HoldPorts): Promise<boolean> {
  if (stranded.length === 0) return true;
  output.note(`Nobody else is up on ${stranded.join(', ')}: without ${target} these requests wait.`);
  return confirm === undefined || confirm(`Take ${target} out all the same?`);
}

function describe(request: HoldRequest, { before, after }: Held, now: number): string {
  const { action, target } = request;
  const by = action === 'release' ? 'as it is measured' : `by hand until ${formatTime(new Date(request.until).toISOString(), now)}`;
  return `${target}: ${inWords(before)} → ${inWords(after)}, ${by}`;
}

function inWords({ state, share }: TargetStanding): string {
  return `${state} at ${formatShare(share)}`;
}
