import { TARGET_IDS, type TargetId } from './fleet-table.ts';
import type { Span } from './own-trouble.ts';
import { type Random, randomStream } from './random.ts';
import type { Scenario } from './scenarios.ts';
import type { Spell, Trouble } from './weather.ts';

/** One kind of trouble, drawn anew for each seed; several of them add up. */
type Fault = (scenario: Scenario, random: Random) => Partial<Scenario>;

/** Trouble begins and ends within these seconds; then all is well, for as long as the slowest way back takes. */
const TROUBLE = { from: 30, to: 210 } as const;
const CALM_SECONDS = 900;
const LOUD = 'loud';
/** Each fault takes part in so many of the seeds. */
const FAULT_SHARE = 0.3;

const FAULTS = {
  outage: onTargets(1, { kind: 'outage' }),
  'outage-of-three': onTargets(3, { kind: 'outage' }),
  'outage-of-all': (scenario, random) =>
    addSpell(scenario, { targets: TARGET_IDS, ...spanWithin(random, 60), trouble: { kind: 'outage' } }),
  errors: onTargets(2, { kind: 'errors', share: 0.3 }),
  slow: onTargets(1, { kind: 'slow', factor: 10 }),
  throttled: onTargets(2, { kind: 'quota', share: 0.5 }),
  ambiguous: onTargets(2, { kind: 'ambiguous' }),
  misconfigured: onTargets(1, { kind: 'misconfigured' }),
  flapping: (scenario, random) => {
    const target = pick(TARGET_IDS, random);
    const everySeconds = 10 + random() * 20;
    const starts = Array.from({ length: 4 }, (_, index) => TROUBLE.from + 2 * index * everySeconds);
    const spells = starts.map(
      (from): Spell => ({ targets: [target], from, to: Math.min(TROUBLE.to, from + everySeconds), trouble: { kind: 'outage' } }),
    );
    return { spells: [...scenario.spells, ...spells] };
  },
  refusals: (scenario) => addSpell(scenario, { targets: TARGET_IDS, ...TROUBLE, trouble: { kind: 'refusals' }, tenant: LOUD }),
  poison: (scenario) => addSpell(scenario, { targets: TARGET_IDS, ...TROUBLE, trouble: { kind: 'ambiguous' }, tenant: LOUD }),
  'repeated-events': ({ bus }, random) => ({ bus: { ...bus, repeats: { share: 0.5, times: 2 + Math.floor(random() * 9) } } }),
  'late-events': ({ bus }) => ({ bus: { ...bus, late: { share: 0.4, upToSeconds: 180 } } }),
  'silent-bus': ({ bus }, random) => ({ bus: { ...bus, silent: spanWithin(random, 120) } }),
  'wrong-clocks': (_scenario, random) => ({ skewSeconds: 5 + random() * 295 }),
  'forged-events': (_scenario, random) => ({ flood: { ...spanWithin(random, 60), perSecond: 200 } }),
  'store-errors': (_scenario, random) => ({ storeErrors: { ...TROUBLE, share: 0.1 + random() * 0.6 } }),
  'lost-turns': () => ({ lostTurns: 0.5 }),
  'consumer-crashes': () => ({ consumerCrashes: 0.1 }),
  'killed-recoveries': () => ({ killedRecoveries: 0.2 }),
  'worker-crashes': () => ({ workerCrashes: 0.02 }),
  'controller-away': (_scenario, random) => ({ controllerAway: spanWithin(random, 120) }),
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS;
const NAMES = Object.keys(FAULTS) as FaultName[];

/** The faults that a seed turns on. */
export function faultsOf(seed: number): FaultName[] {
  const random = randomStream(seed, 'swarm');
  return NAMES.filter(() => random() < FAULT_SHARE);
}

/**
 * A small fleet, with so many faults at once, then without any for a quarter of an hour. What each fault is like is its own draw of the seed, so
 * that to leave one out changes none of the others.
 */
export function makeSwarm(seed: number, faults: readonly FaultName[]): Scenario {
  const isLoud = faults.some((name) => name === 'refusals' || name === 'poison');
  const start: Scenario = {
    id: 'swarm',
    title: faults.join(', ') || 'nothing is wrong',
    faults,
    requestsPerSecond: 20,
    processes: 30,
    seconds: TROUBLE.to + CALM_SECONDS,
    spells: [],
    bus: {},
    ...(isLoud && { loudTenant: { name: LOUD, share: 0.25 } }),
    mostSeeds: Number.POSITIVE_INFINITY,
    faulty: [],
    endsWell: true,
  };
  let scenario = start;
  for (const name of faults) scenario = { ...scenario, ...FAULTS[name](scenario, randomStream(seed, `swarm/${name}`)) };
  return scenario;
}

/** The faults without which a failure goes away, found by leaving one out at a time. */
export async function shrinkFaults(
  faults: readonly FaultName[],
  isFailing: (fewer: readonly FaultName[]) => Promise<boolean>,
): Promise<FaultName[]> {
  let needed = [...faults];
  for (const name of faults) {
    const fewer = needed.filter((one) => one !== name);
    if (await isFailing(fewer)) needed = fewer;
  }
  return needed;
}

/** Names given by a person, with commas between them. */
export function readFaults(text: string): FaultName[] {
  const names = text.split(',').filter((name) => name !== '');
  const unknown = names.find((name) => !NAMES.includes(name as FaultName));
  if (unknown) throw new Error(`There is no fault ${unknown}; there are ${NAMES.join(', ')}.`);
  return names as FaultName[];
}

function onTargets(count: number, trouble: Trouble): Fault {
  return (scenario, random) => {
    const first = Math.floor(random() * TARGET_IDS.length);
    const targets = TARGET_IDS.map((_, index) => TARGET_IDS[(first + index) % TARGET_IDS.length] as TargetId).slice(0, count);
    return addSpell(scenario, { targets, ...spanWithin(random, 150), trouble });
  };
}

function addSpell({ spells }: Scenario, spell: Spell): Partial<Scenario> {
  return { spells: [...spells, spell] };
}

function spanWithin(random: Random, mostSeconds: number): Span {
  const length = mostSeconds * (0.2 + 0.8 * random());
  const from = TROUBLE.from + random() * (TROUBLE.to - TROUBLE.from - length);
  return { from, to: from + length };
}

function pick<One>(all: readonly One[], random: Random): One {
  return all[Math.floor(random() * all.length)] as One;
}
