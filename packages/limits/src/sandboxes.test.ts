import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Reservation } from './reservation.ts';
import { limitsKey, readStateItem, stateKey } from './store/limits-items.ts';
import type { TenantLimits } from './tenant-limits.ts';
import { limitsFor } from './testing/memory-store.ts';
import type { SandboxOrder, SandboxReply } from './testing/sandbox.ts';
import { type LimitsTable, startLimitsTable } from './testing/start-limits-table.ts';

const SANDBOX = fileURLToPath(new URL('./testing/sandbox.ts', import.meta.url));
const SANDBOXES = 5;
/** Starting processes, and the ten seconds until what a dead one held is free, on a machine that may have others to do. */
const TIMEOUT_MS = 60_000;

let table: LimitsTable;
let sandboxes: ChildProcess[];
beforeAll(async () => {
  table = await startLimitsTable();
  sandboxes = Array.from({ length: SANDBOXES }, () => fork(SANDBOX, { env: { ...process.env, LIMITS_TABLE: table.tableName } }));
}, TIMEOUT_MS);
afterAll(async () => {
  for (const sandbox of sandboxes) sandbox.kill('SIGKILL');
  await table.close();
});

async function tell(sandbox: ChildProcess, order: SandboxOrder): Promise<{ count: number; isLimited: boolean }> {
  const answered = once(sandbox, 'message');
  sandbox.send(order);
  const [reply] = (await answered) as [SandboxReply];
  if ('error' in reply) throw new Error(reply.error);
  return reply;
}

async function put(limits: TenantLimits): Promise<void> {
  await table.put({ ...limitsKey(limits.tenant), value: { S: JSON.stringify(limits) } });
}

async function reserveEverywhere(living: readonly ChildProcess[], ask: Reservation, most: number): Promise<number> {
  const replies = await Promise.all(living.map((sandbox) => tell(sandbox, { do: 'reserve', most, ask })));
  return replies.reduce((sum, { count }) => sum + count, 0);
}

it(
  'processes that are killed between reserve and settle take with them what they had under way, for ten seconds',
  async () => {
    await put(limitsFor('acme', { usdPerDay: 1 }));
    const ask: Reservation = { tenant: 'acme', route: 'default', tokens: 1, usd: 0.05 };
    // All ask at once for four times what there is: twenty calls of five cents.
    expect(await reserveEverywhere(sandboxes, ask, 4)).toBe(20);
    expect(await reserveEverywhere(sandboxes, ask, 4)).toBe(0);
    const [first, second, ...living] = sandboxes;
    for (const sandbox of [first, second]) sandbox?.kill('SIGKILL');
    for (const sandbox of living) await tell(sandbox, { do: 'settle', usd: 0.05 });
    expect(await reserveEverywhere(living, ask, 4)).toBe(0);
    // The living have spent 60 cents; the dead held 40, which is eight calls.
    let inherited = 0;
    const inherit = async () => {
      inherited += await reserveEverywhere(living, ask, 8);
      return inherited;
    };
    await expect.poll(inherit, { timeout: 20_000, interval: 500 }).toBe(8);
    expect(await reserveEverywhere(living, ask, 1)).toBe(0);
    for (const sandbox of living) await tell(sandbox, { do: 'settle', usd: 0.05 });
    const { state } = readStateItem(await table.get(stateKey('acme')));
    expect(state.counters['usd-per-day']).toMatchObject({ used: 1_000_000_000, held: {} });
  },
  TIMEOUT_MS,
);
