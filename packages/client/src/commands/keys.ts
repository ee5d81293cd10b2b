import type { Command } from 'commander';
import type { KeyStore } from '../keys/key-store.ts';
import type { PrintInput } from '../keys/print-key.ts';
import { createContext } from './command-context.ts';
import { toMilliseconds } from './durations.ts';

type PlaceFlags = { stage?: string; stack?: string; json?: boolean };
type CreateFlags = PlaceFlags & { tenant: string; scopes: string; expires?: number; label?: string };
type RotateFlags = PlaceFlags & { overlap: number; expires?: number };
type Ports = PrintInput & { store: KeyStore };

const DAY_MS = 86_400_000;

export function addKeysCommands(program: Command): void {
  const keys = program.command('keys').description('API keys of the HTTP API: who has one, and for what');
  addCreate(keys);
  withPlace(keys.command('list').description('every key with its tenant, scopes and state; none shows its secret'))
    .option('--tenant <tenant>', 'of one tenant')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  $ signalbox keys list --tenant acme')
    .action(({ tenant, ...flags }: PlaceFlags & { tenant?: string }) =>
      run(flags, async (ports) => (await import('../keys/list-keys.ts')).listKeys({ tenant }, ports)),
    );
  addRotate(keys);
  withPlace(keys.command('revoke').description('end a key for good'))
    .argument('<prefix>', 'of the key, as the list shows it')
    .option('--json', 'print the key as JSON')
    .addHelpText('after', '\nIt is refused everywhere within 30 seconds.\n\nExample:\n  $ signalbox keys revoke 3f9a0c12')
    .action((prefix: string, flags: PlaceFlags) =>
      run(flags, async (ports) => {
        const [{ revokeKey }, { toKeyPrefix }] = await Promise.all([import('../keys/revoke-key.ts'), import('../keys/key-prefix.ts')]);
        return revokeKey(toKeyPrefix(prefix), ports);
      }),
    );
}

function addCreate(keys: Command): void {
  withPlace(keys.command('create').description('make a key for a tenant; it is printed once'))
    .requiredOption('--tenant <tenant>', 'who pays, and whose limits apply')
    .option('--scopes <scopes>', 'what it may ask for: route:<name>, model:<id>, target:<name>, with commas; * for all', '*')
    .option('--expires <time>', 'how long it works, such as 90d; without it, until it is revoked', toMilliseconds)
    .option('--label <text>', 'what it is for')
    .option('--json', 'print the key and what is known of it as JSON')
    .addHelpText('after', '\nExample:\n  $ signalbox keys create --tenant acme --expires 90d --scopes route:default,route:vision')
    .action(({ tenant, scopes, expires, label, ...flags }: CreateFlags) =>
      run(flags, async (ports) => (await import('../keys/create-key.ts')).createKey({ tenant, scopes, expiresMs: expires, label }, ports)),
    );
}

function addRotate(keys: Command): void {
  withPlace(keys.command('rotate').description('make a key like another, which works on for a while'))
    .argument('<prefix>', 'of the key, as the list shows it')
    .option('--overlap <time>', 'how long the old one works on', toMilliseconds, DAY_MS)
    .option('--expires <time>', 'how long the new one works; without it, as long as the old one did', toMilliseconds)
    .option('--json', 'print the new key and the old one as JSON')
    .addHelpText('after', '\nThe overlap is 24h unless it is stated.\n\nExample:\n  $ signalbox keys rotate 3f9a0c12 --overlap 24h')
    .action((prefix: string, { overlap, expires, ...flags }: RotateFlags) =>
      run(flags, async (ports) => {
        const [{ rotateKey }, { toKeyPrefix }] = await Promise.all([import('../keys/rotate-key.ts'), import('../keys/key-prefix.ts')]);
        return rotateKey({ prefix: toKeyPrefix(prefix), overlapMs: overlap, expiresMs: expires }, ports);
      }),
    );
}

function withPlace(command: Command): Command {
  return command
    .option('--stage <stage>', 'of an installation on AWS')
    .option('--stack <file>', 'of an embedded one, by its stack.json or its data directory');
}

async function run({ json, ...flags }: PlaceFlags, work: (ports: Ports) => Promise<number>): Promise<void> {
  const [{ findPlace }, { withTable }, { openKeyStore }] = await Promise.all([
    import('../installation/place.ts'),
    import('../installation/open-table.ts'),
    import('../keys/key-store.ts'),
  ]);
  const { output, now } = createContext();
  process.exitCode = await withTable(findPlace(flags), 'access', (table) =>
    work({ store: openKeyStore(table), output, now: now.getTime(), json }),
  );
}
