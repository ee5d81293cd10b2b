import { describe, expect, it } from 'vitest';
import { restoreFleet, saveFleet } from './fleet-health.ts';
import { circuits, makeHealth } from './testing/make-health.ts';

const states = [undefined, circuits.degraded(), circuits.open(), circuits.halfOpen(), circuits.misconfigured()];
const fleet = {
  targets: Object.fromEntries(
    states.map((circuit, index) => [`t${index}@d0`, makeHealth({ baselineMs: 1_234.5, ...(circuit && { circuit }) })]),
  ),
};

describe('the health of a fleet', () => {
  it('is after saving what it was before', () => {
    expect(restoreFleet(saveFleet(fleet))).toEqual({ fleet, problems: [] });
  });

  it('keeps what a later version wrote, at every level', () => {
    const saved = JSON.parse(saveFleet(fleet));
    saved.added = 1;
    saved.targets['t2@d0'].added = { deep: [2] };
    saved.targets['t2@d0'].circuit.added = 3;
    saved.targets['t2@d0'].circuit.recovery.added = 4;
    saved.targets['t2@d0'].throttle.added = 5;
    expect(JSON.parse(saveFleet(restoreFleet(JSON.stringify(saved)).fleet))).toEqual(saved);
  });

  it.each([
    ['a state of a later version', { circuit: { kind: 'resting', since: 1, reason: '' } }],
    ['a share that is none', { circuit: { ...circuits.degraded(), share: 7 } }],
    ['no circuit', { circuit: undefined }],
    ['nothing', null],
  ])('starts a target anew that was saved with %s, says so, and keeps the others', (_, broken) => {
    const saved = { targets: { ...fleet.targets, 't1@d0': broken && { ...makeHealth(), ...broken } } };
    const restored = restoreFleet(JSON.stringify(saved));
    expect(restored.problems).toEqual(['the saved health of t1@d0 could not be read']);
    expect(Object.keys(restored.fleet.targets).sort()).toEqual(['t0@d0', 't2@d0', 't3@d0', 't4@d0']);
  });

  it.each(['', '{', 'null', '[]', '{"targets":[]}', '{"targets":3}'])('begins empty when %j was saved, and says so', (text) => {
    const { fleet: restored, problems } = restoreFleet(text);
    expect(restored).toEqual({ targets: {} });
    expect(problems).toEqual(['the saved health of the fleet could not be read']);
  });

  it('begins empty, without a problem, when nothing was saved', () => {
    expect(restoreFleet(undefined)).toEqual({ fleet: { targets: {} }, problems: [] });
  });
});
