import type { RoutingTable } from '@signalbox/contracts';
import { targetKey } from '@signalbox/contracts/target-key';
import { TARGET_IDS } from './fleet-table.ts';
import type { Sandbox } from './sandbox.ts';
import type { Scenario } from './scenarios.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { Worker } from './worker-fleet.ts';

type Options = { time: VirtualTime; start: number; scenario: Scenario; table: RoutingTable; workers: () => ReadonlySet<Worker> };

const SAMPLE_MS = 5_000;
const SAMPLED_WORKERS = 20;

/** Asks some processes every five seconds which healthy targets they would not call; gives the share of such pairs so far. */
export function sampleEjections({ time, start, scenario, table, workers }: Options): () => number {
  const healthy = TARGET_IDS.filter((id) => !scenario.faulty.includes(id));
  let seen = 0;
  let out = 0;
  const sample = () => {
    for (const { sandbox } of [...workers()].slice(0, SAMPLED_WORKERS)) {
      seen += healthy.length;
      out += healthy.filter((id) => isOut(sandbox, table.targets[id], time.now())).length;
    }
    if (time.now() < start + scenario.seconds * 1_000) time.at(time.now() + SAMPLE_MS, sample);
  };
  time.at(start + SAMPLE_MS, sample);
  return () => (seen === 0 ? 0 : out / seen);
}

/** By the process's own breaker or by the fleet's word; one that only asks for less is not out. */
function isOut({ health, overlay }: Sandbox, target: RoutingTable['targets'][string] | undefined, now: number): boolean {
  if (!target) return false;
  const cause = health.holdOf(target, { tenant: 'nobody', now, tokensFor: () => 0, tolerance: 'strict' })?.cause;
  const isHeld = cause !== undefined && cause !== 'resting' && cause !== 'at-quota';
  return isHeld || overlay()?.targets[targetKey(target)]?.share === 0;
}
