import type { BusTrouble } from './bus.ts';
import { TARGET_IDS, type TargetId } from './fleet-table.ts';
import type { Flood } from './forge-events.ts';
import type { OwnTrouble } from './own-trouble.ts';
import type { Spell, Trouble } from './weather.ts';

export type Scenario = OwnTrouble & {
  id: string;
  title: string;
  /** Of the swarm: the names of what is wrong, by which it is played again. */
  faults?: readonly string[];
  requestsPerSecond: number;
  processes: number;
  /** Seconds in which requests come. */
  seconds: number;
  spells: readonly Spell[];
  bus: BusTrouble;
  /** Forged events on the bus. */
  flood?: Flood;
  /** A tenant with so much of the traffic. */
  loudTenant?: { name: string; share: number };
  /** More of them would take too long. */
  mostSeeds: number;
  /** Targets whose traffic is watched: exposure, detection, recovery. */
  faulty: readonly TargetId[];
  /** True where in the end every target is to have all its traffic again. */
  endsWell: boolean;
};

type Stated = Partial<Omit<Scenario, 'spells'>> & { id: string; title: string; spells: readonly Spell[] };

/** The day begins well, so that the first seconds show what is normal; after the trouble there is time to recover. */
const BEFORE = 30;
const AFTER = 120;
/** Requests a second that one process answers. */
const PER_PROCESS = 2 / 3;
/** Requests a second in what was published, and in the scenarios that are ours alone. */
const PUBLISHED_RATE = 200;
const OWN_RATE = 50;
const LOUD = 'loud';

function scenario({ spells, ...stated }: Stated): Scenario {
  const requestsPerSecond = stated.requestsPerSecond ?? PUBLISHED_RATE;
  return {
    requestsPerSecond,
    processes: Math.ceil(requestsPerSecond / PER_PROCESS),
    seconds: Math.max(...spells.map(({ to }) => to)) + AFTER,
    bus: {},
    endsWell: false,
    mostSeeds: Number.POSITIVE_INFINITY,
    faulty: [...new Set(spells.flatMap(({ targets, tenant }) => (tenant === undefined ? targets : [])))],
    ...stated,
    spells,
  };
}

function spell(targets: readonly TargetId[], seconds: number, trouble: Trouble, from = BEFORE): Spell {
  return { targets, from, to: from + seconds, trouble };
}

/** On and off, from the begin, for so many seconds in all. */
function flapping(targets: readonly TargetId[], every: number, seconds: number): Spell[] {
  const starts = Array.from({ length: Math.floor(seconds / every / 2) }, (_, index) => BEFORE + index * 2 * every);
  return starts.map((from) => spell(targets, every, { kind: 'outage' }, from));
}

const outage = { kind: 'outage' } as const;
const ambiguous = { kind: 'ambiguous' } as const;
const everywhere = { targets: TARGET_IDS, from: BEFORE, to: BEFORE + 300, tenant: LOUD } as const;

export const SCENARIOS: readonly Scenario[] = [
  scenario({ id: 'S1', title: 'primary out for 5 min', spells: [spell(['t0'], 300, outage)] }),
  scenario({ id: 'S2', title: '30 % errors', spells: [spell(['t0'], 300, { kind: 'errors', share: 0.3 })] }),
  scenario({ id: 'S3', title: 'latency ×10', spells: [spell(['t0'], 300, { kind: 'slow', factor: 10 })] }),
  scenario({ id: 'S4', title: 'throttled to 70 %', spells: [spell(['t0'], 300, { kind: 'quota', share: 0.7 })] }),
  // As S4 to the utmost; ours alone.
  scenario({
    id: 'S4b',
    title: 'primary answers nothing but 429 for 5 min',
    spells: [spell(['t0'], 300, { kind: 'shut' })],
    seconds: 30 + 300 + 600,
  }),
  scenario({ id: 'S5', title: 'flapping, 20 s out of 40', spells: flapping(['t0'], 20, 400) }),
  scenario({ id: 'S5b', title: 'flapping, 60 s out of 120', spells: flapping(['t0'], 60, 600) }),
  scenario({ id: 'S6', title: 'region out, 3 of 5 targets', spells: [spell(['t0', 't2', 't4'], 300, outage)] }),
  scenario({ id: 'S7', title: 'all five down for 90 s', spells: [spell(TARGET_IDS, 90, outage)] }),
  scenario({
    id: 'S8',
    title: '1 request a minute, out for 1 h',
    requestsPerSecond: 1 / 60,
    spells: [spell(['t0'], 3_600, outage, 900)],
    seconds: 900 + 3_600 + 1_800,
  }),
  scenario({
    id: 'S9a',
    title: 'one tenant, 60 %, sends what is refused',
    loudTenant: { name: LOUD, share: 0.6 },
    spells: [{ ...everywhere, trouble: { kind: 'refusals' } }],
  }),
  scenario({
    id: 'S9b',
    title: 'one tenant, 20 %, draws 424 and 408',
    loudTenant: { name: LOUD, share: 0.2 },
    spells: [{ ...everywhere, trouble: ambiguous }],
  }),
  scenario({
    id: 'S10',
    title: 'out for 2 min; 40 % of events twice, 40 % up to 3 min late, clocks off by 30 s',
    spells: [spell(['t0'], 120, outage)],
    bus: { repeats: { share: 0.4, times: 2 }, late: { share: 0.4, upToSeconds: 180 } },
    skewSeconds: 30,
  }),
  scenario({
    id: 'S11',
    title: 'out for 5 min; bus silent for the first 3',
    spells: [spell(['t0'], 300, outage)],
    bus: { silent: { from: BEFORE, to: BEFORE + 180 } },
  }),
  // Fifty times as many requests a second: shorter than what was published, which was out for 80 s, and so without a row to stand beside.
  scenario({
    id: 'S12',
    title: '10,000 requests a second, out for 20 s',
    requestsPerSecond: 10_000,
    spells: [spell(['t0'], 20, outage, 5)],
    seconds: 5 + 20 + 35,
    mostSeeds: 1,
  }),
  scenario({ id: 'S13a', title: 'primary gives 424 and 408 to all', spells: [spell(['t0'], 300, ambiguous)] }),
  scenario({ id: 'S13b', title: 'all targets give 424 and 408 for 60 s', spells: [spell(TARGET_IDS, 60, ambiguous)] }),
  // Our own parts fail; nobody else has figures for these, so that they need not be of their size.
  scenario({
    id: 'F1',
    requestsPerSecond: OWN_RATE,
    title: 'out for 5 min, controller away for 10',
    spells: [spell(['t0'], 300, outage)],
    controllerAway: { from: BEFORE, to: BEFORE + 600 },
    seconds: BEFORE + 600 + AFTER,
  }),
  scenario({
    id: 'F2',
    requestsPerSecond: OWN_RATE,
    title: 'out for 2 min; at each step of a recovery its execution is stopped by chance of 1 in 3',
    spells: [spell(['t0'], 120, outage)],
    killedRecoveries: 1 / 3,
    seconds: BEFORE + 120 + 4 * AFTER,
  }),
  scenario({
    id: 'F3',
    requestsPerSecond: OWN_RATE,
    title: 'out for 2 min; half of all accesses to the controller’s tables fail meanwhile',
    spells: [spell(['t0'], 120, outage)],
    storeErrors: { from: BEFORE, to: BEFORE + 120, share: 0.5 },
  }),
  scenario({
    id: 'F4',
    requestsPerSecond: OWN_RATE,
    title: 'out for 2 min; every turn to judge is given to two, one in ten invocations of the consumer dies half-way',
    spells: [spell(['t0'], 120, outage)],
    lostTurns: 1,
    consumerCrashes: 0.1,
  }),
  scenario({
    id: 'F5',
    requestsPerSecond: OWN_RATE,
    title: 'nothing is wrong but a flood of 1,000 forged events a second for 2 min',
    spells: [spell(TARGET_IDS, 120, { kind: 'errors', share: 0 })],
    flood: { from: BEFORE, to: BEFORE + 120, perSecond: 1_000 },
    seconds: BEFORE + 120 + 5 * AFTER,
    faulty: [],
    endsWell: true,
  }),
  scenario({
    id: 'F6',
    title: 'nothing is wrong but the controller, which is away for 10 min',
    requestsPerSecond: OWN_RATE,
    spells: [spell(TARGET_IDS, 600, { kind: 'errors', share: 0 })],
    controllerAway: { from: BEFORE, to: BEFORE + 600 },
    faulty: [],
    endsWell: true,
  }),
  // Not among the published rows: nothing is wrong but the usual, for half an hour; nothing may be taken out.
  scenario({
    id: 'S0',
    title: '1 % errors everywhere for half an hour, nothing else',
    requestsPerSecond: OWN_RATE,
    spells: [spell(TARGET_IDS, 1_800, { kind: 'errors', share: 0.01 })],
    faulty: [],
  }),
];

export function findScenario(id: string): Scenario {
  const found = SCENARIOS.find((one) => one.id.toLowerCase() === id.toLowerCase());
  if (!found) throw new Error(`There is no scenario ${id}; there are ${SCENARIOS.map((one) => one.id).join(', ')}.`);
  return found;
}
