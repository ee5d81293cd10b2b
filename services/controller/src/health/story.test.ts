import { describe, expect, it } from 'vitest';
import type { FleetEvaluation } from './evaluate-fleet.ts';
import { makeTable } from './testing/make-fleet.ts';
import { simulate, type Weather } from './testing/simulate.ts';

const table = makeTable({ default: { tiers: [['a', 'b'], ['c']], fallbacks: ['d'] } });
const lone = makeTable({ default: { tiers: [['a']], fallbacks: ['b'] } });
const FAULT_FROM = 60;
const FAULT_UNTIL = 180;
const well = { outcome: 'succeeded' } as const;

/** Weather that strikes one target for two minutes; elsewhere and else 3 in 1,000 calls fail. */
const striking =
  (strike: Weather, id = 'a'): Weather =>
  (call) => {
    const isStruck = call.id === id && call.second >= FAULT_FROM && call.second < FAULT_UNTIL;
    return isStruck ? strike(call) : { outcome: call.random() < 0.003 ? 'faulted' : 'succeeded' };
  };

type Tale = { share: number[]; kinds: string[]; panics: string[][]; reasons: string[]; minimum: (id: string) => number };

/** The life of one target, second by second. */
function tell(input: Omit<Parameters<typeof simulate>[0], 'onSecond'>, id = 'a'): Tale & ReturnType<typeof simulate> {
  const seen: FleetEvaluation[] = [];
  const result = simulate({ ...input, onSecond: ({ evaluation }) => void seen.push(evaluation) });
  const member = (evaluation: FleetEvaluation, name: string) => evaluation.targets.find((one) => one.id === name);
  return {
    ...result,
    share: seen.map((evaluation) => member(evaluation, id)?.share ?? Number.NaN),
    kinds: seen.map((evaluation) => member(evaluation, id)?.health.circuit.kind ?? ''),
    reasons: seen
      .map((evaluation) => member(evaluation, id)?.health.circuit.reason ?? '')
      .filter((reason, second, all) => reason !== all[second - 1]),
    panics: seen.map(({ panic }) => panic),
    minimum: (name) => Math.min(...seen.map((evaluation) => member(evaluation, name)?.share ?? Number.NaN)),
  };
}

/** Seconds until a quarter of the traffic is left, and from the end of the fault until all of it is back. */
function speedOf(share: readonly number[]): { detectedS: number; recoveredS: number } {
  return {
    detectedS: share.findIndex((value, second) => second >= FAULT_FROM && value <= 0.25) - FAULT_FROM,
    recoveredS: share.findIndex((value, second) => second >= FAULT_UNTIL && value === 1) - FAULT_UNTIL,
  };
}

const outage: Weather = ({ random }) => (random() < 0.8 ? { outcome: 'faulted' } : { outcome: 'timed-out', slow: true });

describe.each([1, 2, 3])('traffic leaves a target and returns, by seed %i,', (seed) => {
  it.each<[string, Weather, number, number]>([
    ['that is down', outage, 15, 60],
    ['of whose calls 30 % fail', ({ random }) => (random() < 0.3 ? { outcome: 'faulted' } : well), 35, 75],
    ['that takes ten times as long', () => ({ outcome: 'succeeded', slow: true, latencyMs: 12_000 }), 25, 75],
  ])('%s', (_, strike, detectedS, recoveredS) => {
    const { share, panics, minimum } = tell({ table, seconds: 300, requestsPerSecond: 60, weather: striking(strike), seed });
    const speed = speedOf(share);
    expect(speed.detectedS).toBeGreaterThanOrEqual(0);
    expect(speed.detectedS).toBeLessThanOrEqual(detectedS);
    expect(speed.recoveredS).toBeGreaterThanOrEqual(0);
    expect(speed.recoveredS).toBeLessThanOrEqual(recoveredS);
    expect(share.slice(0, FAULT_FROM).every((value) => value === 1)).toBe(true);
    expect([minimum('b'), minimum('c'), minimum('d')]).toEqual([1, 1, 1]);
    expect(panics.flat()).toEqual([]);
  });
});

describe('the story of a target', () => {
  it('that went down is told in order, in an operator’s words', () => {
    const { reasons, kinds } = tell({ table, seconds: 300, requestsPerSecond: 60, weather: striking(() => ({ outcome: 'faulted' })) });
    expect([...new Set(reasons.map((reason) => reason.replaceAll(/\d+ of \d+|\d+ %/g, '#')))]).toEqual([
      'new',
      'degraded: # calls failed (#); others #',
      'ejected: # calls failed (#)',
      'returning: 3 probes passed',
      'recovering: well so far, # of its traffic',
      'recovered: well at # of its traffic',
    ]);
    expect([...new Set(kinds)]).toEqual(['closed', 'degraded', 'open', 'half-open']);
  });

  it('that we called wrongly is told as such', () => {
    const { reasons } = tell({ table, seconds: 300, requestsPerSecond: 60, weather: striking(() => ({ outcome: 'misconfigured' })) });
    expect(reasons[1]).toMatch(/^misconfigured: \d+ calls refused; see model id, access and rights$/);
    expect(reasons.at(-1)).toBe('recovered: well at 50 % of its traffic');
  });

  it('that flaps is out longer each time, and believed again in the end', () => {
    const flapping: Weather = ({ id, second }) => (id === 'a' && second < 600 && second % 120 < 60 ? { outcome: 'faulted' } : well);
    const { kinds, fleet } = tell({ table, seconds: 900, requestsPerSecond: 20, weather: flapping });
    const openings = kinds.filter((kind, second) => kind === 'open' && kinds[second - 1] !== 'open').length;
    expect(openings).toBeGreaterThanOrEqual(2);
    expect(openings).toBeLessThanOrEqual(5);
    expect(fleet.targets['a@9d0c1b2a'] ?? fleet.targets['a@d0']).toMatchObject({ circuit: { kind: 'closed' }, relapses: openings });
  });

  it('with a request a minute: three calls of our own settle it, and it is back a minute after it healed', () => {
    const weather: Weather = ({ id, second }) => (id === 'a' && second >= 600 && second < 1_800 ? { outcome: 'faulted' } : well);
    const { tried, kinds } = tell({ table: lone, seconds: 2_100, requestsPerSecond: 1 / 60, weather });
    expect(tried.filter(({ id, outcome }) => id === 'a' && outcome !== 'succeeded').length).toBeLessThanOrEqual(2);
    expect(kinds[690]).toBe('open');
    expect(kinds.findIndex((kind, second) => second >= 1_800 && kind === 'closed')).toBeLessThanOrEqual(1_860);
  });

  it('that throttles at 70 % of its load keeps about that, and is never ejected', () => {
    let [second, taken] = [-1, 0];
    const weather: Weather = (call) => {
      if (call.id !== 'a' || call.isProbe) return well;
      if (call.second !== second) [second, taken] = [call.second, 0];
      taken += 1;
      return { outcome: taken > 42 ? 'throttled' : 'succeeded' };
    };
    const { share, kinds } = tell({ table, seconds: 300, requestsPerSecond: 60, weather });
    const later = share.slice(60);
    expect(new Set(kinds)).toEqual(new Set(['closed']));
    expect(later.reduce((sum, value) => sum + value, 0) / later.length).toBeGreaterThan(0.65);
    expect(Math.max(...later)).toBeLessThan(0.85);
  });

  it('that only one tenant’s requests fail at stays where it is, and the tenant is suspect', () => {
    const weather: Weather = ({ tenantSlot }) => (tenantSlot === 3 ? { outcome: 'model-error' } : well);
    const slots: number[][] = [];
    const result = simulate({
      table,
      seconds: 120,
      requestsPerSecond: 60,
      weather,
      onSecond: ({ evaluation }) => void slots.push(evaluation.suspectSlots),
    });
    expect(Object.values(result.fleet.targets).map(({ circuit }) => circuit.kind)).not.toContain('open');
    expect(slots.at(-1)).toEqual([3]);
  });

  it('of an installation with one tenant is ejected on its probes’ word', () => {
    const down = tell({
      table,
      seconds: 120,
      requestsPerSecond: 20,
      tenants: 1,
      weather: striking(() => ({ outcome: 'timed-out', slow: true })),
    });
    expect(down.kinds.indexOf('open')).toBeGreaterThanOrEqual(FAULT_FROM);
    expect(down.kinds.indexOf('open')).toBeLessThanOrEqual(FAULT_FROM + 20);
    const poison: Weather = ({ isProbe, random }) => (!isProbe && random() < 0.4 ? { outcome: 'model-error' } : well);
    expect(new Set(tell({ table, seconds: 120, requestsPerSecond: 20, tenants: 1, weather: poison }).kinds)).toEqual(new Set(['closed']));
  });
});

describe('when every target is down', () => {
  const allDown: Weather = ({ second }) => (second >= FAULT_FROM && second < 150 ? { outcome: 'faulted' } : well);

  it('the route is in panic, and out of it within fifteen seconds of the end', () => {
    const { panics, fleet } = tell({ table, seconds: 300, requestsPerSecond: 40, weather: allDown });
    expect(panics[80]).toEqual(['default']);
    expect(panics[149]).toEqual(['default']);
    expect(panics.slice(165).flat()).toEqual([]);
    expect(Object.values(fleet.targets).map(({ circuit }) => circuit.kind)).toEqual(['closed', 'closed', 'closed', 'closed']);
  });

  it('and all are slow alike, nobody loses its share', () => {
    const slow: Weather = ({ second }) => ({
      outcome: 'succeeded',
      slow: second >= FAULT_FROM,
      latencyMs: second >= FAULT_FROM ? 12_000 : 1_200,
    });
    const { minimum } = tell({ table: makeTable({ default: { tiers: [['a']] } }), seconds: 150, requestsPerSecond: 20, weather: slow });
    expect(minimum('a')).toBe(1);
  });
});

describe('without anybody to run recoveries', () => {
  it('the last target of a tier comes back by the trickle that it keeps', () => {
    const { kinds } = tell({ table: lone, seconds: 300, requestsPerSecond: 200, weather: striking(outage), runsRecoveries: false });
    expect(kinds[FAULT_UNTIL - 1]).toBe('open');
    expect(kinds.at(-1)).not.toBe('open');
  });

  it('another recovery is ordered again and again', () => {
    const runs: number[] = [];
    simulate({
      table,
      seconds: 900,
      requestsPerSecond: 10,
      weather: striking(() => ({ outcome: 'faulted' }), 'a'),
      runsRecoveries: false,
      onSecond: ({ evaluation }) => void runs.push(...evaluation.recoveries.map(({ run }) => run)),
    });
    expect(runs.slice(0, 4)).toEqual([1, 2, 3, 4]);
  });
});
