import { type Command, InvalidArgumentError } from 'commander';
import type { ExplainFlags } from '../explain/explain-file.ts';
import type { DeployFlags } from '../policy/deploy-to.ts';
import type { RollbackFlags } from '../policy/roll-back.ts';
import { createContext } from './command-context.ts';

type PlaceFlags = { stage?: string; stack?: string };
type CheckFlags = PlaceFlags & { strict?: boolean; json?: boolean };

const FILE = ['[file]', 'the policy; - for standard input; policy/routing.yaml, here or in a folder above, if not given'] as const;

export function addPolicyCommands(program: Command): void {
  const policy = program.command('policy').description('which models answer which requests: check, explain and release the routing policy');
  addCheck(policy);
  addCompile(policy);
  addExplain(policy);
  addDeploy(policy);
  addRollback(policy);
  addHistory(policy);
}

function addCheck(policy: Command): void {
  policy
    .command('check')
    .description('say everything that is wrong with a policy, each with its line and what to write instead')
    .argument(...FILE)
    .option('--strict', 'take warnings as problems')
    .option('--stage <stage>', 'hold it too against the models and regions that an installation on AWS allows')
    .option('--stack <file>', 'the same for an embedded installation')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      '\nExits with 0 when the policy is fine, 1 when it is not.\n\nExample:\n  $ signalbox policy check policy/routing.yaml --strict',
    )
    .action(async (file: string | undefined, { strict, json, ...place }: CheckFlags) => {
      const { checkPolicyFile } = await import('../policy/check-policy-file.ts');
      const { source, compiled } = await compile(file, place);
      const { output } = createContext();
      const isHeldAgainst = place.stage !== undefined || place.stack !== undefined;
      process.exitCode = checkPolicyFile({ source, compiled, isHeldAgainst, strict, json, output });
    });
}

function addCompile(policy: Command): void {
  policy
    .command('compile')
    .description('print the routing table that a policy makes')
    .argument(...FILE)
    .option('--out <file>', 'write it there')
    .addHelpText('after', '\nExample:\n  $ signalbox policy compile --out table.json')
    .action(async (file: string | undefined, { out }: { out?: string }) => {
      const [{ compilePolicyFile }, { writeFileSync }] = await Promise.all([import('../policy/compile-policy-file.ts'), import('node:fs')]);
      const { source, compiled } = await compile(file, {});
      const { output } = createContext();
      process.exitCode = compilePolicyFile({ source, compiled, out, output, writeFile: writeFileSync });
    });
}

function addExplain(policy: Command): void {
  policy
    .command('explain')
    .description('say where requests would go and why, and what that would cost; asks no model')
    .argument('<requests>', 'a request as JSON, or one on each line (.jsonl); - for standard input')
    .option('--route <name>', 'as if they named this route')
    .option('--policy <file>', 'by this policy; policy/routing.yaml, here or in a folder above, if not given')
    .option('--overlay <file>', 'with the fleet health of this routing overlay')
    .option('--live', 'by the table and the fleet health of a running installation')
    .option('--stage <stage>', 'with --live, an installation on AWS')
    .option('--stack <file>', 'with --live, the stack.json of an embedded one, or its data directory')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      '\nExits with 0 when every request can be answered, 1 when not.\n\nExample:\n  $ signalbox policy explain requests.jsonl --policy new-routing.yaml',
    )
    .action(async (file: string, options: ExplainFlags) => {
      const { explainFile } = await import('../explain/explain-file.ts');
      const { output, now } = createContext();
      process.exitCode = await explainFile({ file, options, from: process.cwd(), now: now.getTime(), output });
    });
}

function addDeploy(policy: Command): void {
  policy
    .command('deploy')
    .description('release a policy in steps, watch it, and have alarms roll it back; says what changes and asks first')
    .argument(...FILE)
    .option('--emergency', 'everywhere at once; ends a release that is under way')
    .option('--message <text>', 'why, for the history')
    .option('--yes', 'do not ask')
    .option('--no-follow', 'start the release and leave it')
    .option('--stage <stage>', 'to an installation on AWS')
    .option('--stack <file>', 'to an embedded one, by its stack.json or its data directory')
    .option('--json', 'print what it came to as JSON')
    .addHelpText(
      'after',
      '\nExits with 0 when it is released, 1 when it was refused or rolled back, 2 for wrong use.\n\nExample:\n  $ signalbox policy deploy --stage prod --message "a quarter of extract to nova-pro"',
    )
    .action(async (file: string | undefined, options: DeployFlags) => {
      const { deployTo } = await import('../policy/deploy-to.ts');
      process.exitCode = await deployTo({ file, options, from: process.cwd(), ...createContext() });
    });
}

function addRollback(policy: Command): void {
  policy
    .command('rollback')
    .description('end the release under way, or go back to the table before the last one')
    .option('--to <version>', 'to this version, or the beginning of one')
    .option('--message <text>', 'why, for the history')
    .option('--yes', 'do not ask')
    .option('--stage <stage>', 'of an installation on AWS')
    .option('--stack <file>', 'of an embedded one, by its stack.json or its data directory')
    .option('--json', 'print what it came to as JSON')
    .addHelpText('after', '\nExample:\n  $ signalbox policy rollback --stage prod')
    .action(async (options: RollbackFlags) => {
      const { rollBack } = await import('../policy/roll-back.ts');
      process.exitCode = await rollBack({ options, ...createContext() });
    });
}

function addHistory(policy: Command): void {
  policy
    .command('history')
    .description('the releases, newest first: whose, when, how they ended, and which table is in force')
    .option('--limit <number>', 'how many', toCount, 20)
    .option('--stage <stage>', 'of an installation on AWS')
    .option('--stack <file>', 'of an embedded one, by its stack.json or its data directory')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  $ signalbox policy history')
    .action(async ({ limit, json, ...place }: PlaceFlags & { limit: number; json?: boolean }) => {
      const [{ printHistory }, { listReleases }, installation] = await Promise.all([
        import('../policy/print-history.ts'),
        import('../releases/index.ts'),
        connectIn(place),
      ]);
      const { output } = createContext();
      process.exitCode = printHistory(await listReleases(installation, { limit }), { output, json });
    });
}

function toCount(value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('must be a whole number above 0');
  return count;
}

async function compile(file: string | undefined, place: PlaceFlags) {
  const [{ readPolicySource }, { compileSource }] = await Promise.all([
    import('../policy/read-policy-source.ts'),
    import('../policy/compile-source.ts'),
  ]);
  const source = readPolicySource(file, { from: process.cwd() });
  // Without an installation a policy is held against itself and the catalogue only.
  const isNamed = place.stage !== undefined || place.stack !== undefined;
  const allowed = isNamed ? (await connectIn(place)).allowed : undefined;
  return { source, compiled: compileSource(source, { allowed, now: new Date() }) };
}

async function connectIn(place: PlaceFlags) {
  const [{ findPlace }, { connectTo }] = await Promise.all([import('../installation/place.ts'), import('../installation/connect-to.ts')]);
  return connectTo(findPlace(place));
}
