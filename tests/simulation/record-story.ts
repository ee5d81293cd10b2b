import type { RoutingOverlay, RoutingTable } from '@signalbox/contracts';
import { targetKey } from '@signalbox/contracts/target-key';
import type { FleetHealth, TargetHealth } from '@signalbox/controller/health';
import { TARGETS } from './fleet-table.ts';
import type { Scenario } from './scenarios.ts';

/** One thing that the fleet's judge said; `target` is `fleet` for what is of no target alone. */
export type Saying = { second: number; target: string; state: string; reason: string };

type Options = { scenario: Scenario; table: RoutingTable; second: () => number };

/** Notes what the controller writes: changes of targets, panic and suspects, and second by second what is left to the faulty targets. */
export function recordStory({ scenario, table, second }: Options) {
  const sayings: Saying[] = [];
  const fleetShare = new Float64Array(scenario.seconds).fill(Number.NaN);
  // Until the first word all targets have their share.
  fleetShare[0] = 1;
  let ofFleet = 'nobody is suspect';

  const noteFleet = ({ panic, suspectSlots = [] }: RoutingOverlay) => {
    const suspects = suspectSlots.length > 0 ? `suspect tenant slots ${suspectSlots.join(', ')}` : 'nobody is suspect';
    const state = panic.length > 0 ? 'panic' : 'calm';
    const saying = state === 'panic' ? `panic, ${suspects}` : suspects;
    if (saying === ofFleet) return;
    ofFleet = saying;
    sayings.push({ second: second(), target: 'fleet', state, reason: suspects });
  };
  return {
    sayings,
    fleetShare,
    noteStates(previous: FleetHealth, current: FleetHealth): void {
      for (const target of Object.values(table.targets)) {
        const key = targetKey(target);
        const health = current.targets[key];
        if (!health || !hasChanged(previous.targets[key], health)) continue;
        sayings.push({ second: second(), target: target.id, state: health.circuit.kind, reason: reasonOf(health) });
      }
    },
    noteOverlay(overlay: RoutingOverlay): void {
      noteFleet(overlay);
      const at = Math.floor(second());
      if (at < scenario.seconds) fleetShare[at] = shareLeft(scenario, table, overlay);
    },
  };
}

function hasChanged(previous: TargetHealth | undefined, { circuit, throttle }: TargetHealth): boolean {
  const isThrottled = previous ? previous.throttle.share < 1 : false;
  return (previous?.circuit.kind ?? 'closed') !== circuit.kind || isThrottled !== throttle.share < 1;
}

/** What the fleet's word leaves the faulty targets, as a part of what they normally get. */
function shareLeft({ faulty }: Scenario, table: RoutingTable, overlay: RoutingOverlay): number {
  const watched = TARGETS.filter(({ id }) => faulty.includes(id));
  const normal = watched.reduce((sum, { normalShare }) => sum + normalShare, 0);
  const shareOf = (id: string) => {
    const target = table.targets[id];
    return (target && overlay.targets[targetKey(target)]?.share) ?? 1;
  };
  return watched.reduce((sum, { id, normalShare }) => sum + normalShare * shareOf(id), 0) / normal;
}

function reasonOf({ circuit, throttle }: TargetHealth): string {
  return circuit.kind === 'closed' && throttle.share < 1 ? throttle.reason : circuit.reason;
}
