import type { RoutingTable, RoutingTarget } from '@signalbox/contracts';
import { targetKey } from '@signalbox/contracts/target-key';
import { UnavailableError } from '@signalbox/runtime/errors';
import {
  type Bucket,
  evaluateFleet,
  type FleetEvaluation,
  type FleetHealth,
  type ManualHold,
  restoreFleet,
  saveFleet,
  thresholdsFor,
} from './health/index.ts';
import type { CounterStore, FleetStore, HoldStore, Note, ReadTable } from './ports.ts';

/** Two judge at once now and then, but each time one of them wins. */
const TRIES = 8;

/** Everything that a judgement is made from; `version` is of the saved states, undefined where there are none. */
export type Case = {
  table: RoutingTable;
  fleet: FleetHealth;
  /** As it was read. */
  text: string | undefined;
  version: number | undefined;
  holds: ManualHold[];
  buckets: Map<string, Bucket[]>;
  now: number;
};

export type CasePorts = {
  readTable: ReadTable;
  counters: Pick<CounterStore, 'read'>;
  fleet: FleetStore;
  holds: Pick<HoldStore, 'list'>;
  note: Note;
  now: () => number;
};

/** A judgement that stands: nobody judged between what it was made from and its own write. */
export type Judgement = { evaluation: FleetEvaluation; table: RoutingTable; fleetVersion: number; now: number };

/** Loads what is known of the fleet now. States that cannot be read are told, and start anew. */
export async function loadCase({ readTable, counters, fleet, holds, note, now: clock }: CasePorts): Promise<Case> {
  const table = await readTable();
  const now = clock();
  const targets = Object.values(table.targets);
  const from = now - Math.max(0, ...targets.map(windowOf));
  const [stored, held, buckets] = await Promise.all([fleet.read(), holds.list(), counters.read(targets.map(targetKey), from)]);
  const { fleet: restored, problems } = restoreFleet(stored?.text);
  for (const problem of problems) note('error', 'Saved health starts anew', { problem });
  return { table, fleet: restored, text: stored?.text, version: stored?.version, holds: held, buckets, now };
}

/**
 * Judges the fleet by its counters, and saves its states if nobody else has meanwhile; else loads and judges again. A state is never
 * written over one that was not read. `isForced` writes also where nothing changed: then whoever judged by less writes no overlay.
 */
export function createJudgeFleet(ports: CasePorts & { random: () => number }): (options?: { isForced?: boolean }) => Promise<Judgement> {
  return async ({ isForced = false } = {}) => {
    for (let tried = 0; tried < TRIES; tried++) {
      const known = await loadCase(ports);
      const evaluation = evaluateFleet({ ...known, random: ports.random });
      const text = saveFleet(evaluation.fleet);
      const { table, now, version } = known;
      if (!isForced && version !== undefined && text === known.text) return { evaluation, table, now, fleetVersion: version };
      const fleetVersion = nextVersion(known);
      if ((await ports.fleet.write({ text, version: fleetVersion }, version)) === 'written')
        return { evaluation, table, now, fleetVersion };
    }
    throw new UnavailableError({ message: `The states of the fleet were written by others ${TRIES} times while it was judged.` });
  };
}

/** Not below the time: versions grow also when the item was lost, so that an overlay of before does not block those that follow. */
export function nextVersion({ version, now }: Pick<Case, 'version' | 'now'>): number {
  return Math.max(now, (version ?? 0) + 1);
}

function windowOf(target: RoutingTarget): number {
  return thresholdsFor(target).longWindowMs;
}
