import { ObservedAttempts, OutcomeKind } from '@signalbox/contracts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUsualObservation } from './is-usual-observation.ts';

const usual = {
  target: 'nova-lite',
  definition: '9d0c1b2a',
  route: 'default',
  bucketStart: 1_790_000_000_000,
  outcome: 'succeeded',
  slow: false,
  tenantSlot: 3,
  count: 2,
  latenciesMs: [640, 1_200],
};
const without = (name: keyof typeof usual) => Object.fromEntries(Object.entries(usual).filter(([one]) => one !== name));

describe('an observation', () => {
  it.each<[string, unknown, boolean]>([
    ['with all that is required is as usual', usual, true],
    [
      'with all that there is, too',
      { ...usual, originalStatus: 500, firstTokensMs: [], bySecond: Array(10).fill(0), witnesses: [0, 31] },
      true,
    ],
    ['with nine seconds is not', { ...usual, bySecond: Array(9).fill(0) }, false],
    ['with fewer than none in a second is not', { ...usual, bySecond: [-1, ...Array(9).fill(0)] }, false],
    ['with a witness of no slot is not', { ...usual, witnesses: [32] }, false],
    ['with a hundred latencies, too', { ...usual, latenciesMs: Array(100).fill(1) }, true],
    ['with more is not', { ...usual, latenciesMs: Array(101).fill(1) }, false],
    ['with a field of a later version is for the schema', { ...usual, later: 1 }, false],
    ['with a field that is undefined is for the schema', { ...usual, originalStatus: undefined }, false],
    ['that is null is not', null, false],
    ['that is a list is not', [], false],
    ['that is a text is not', 'usual', false],
    ...(Object.keys(usual) as (keyof typeof usual)[]).map((name): [string, unknown, boolean] => [
      `without ${name} is not`,
      without(name),
      false,
    ]),
  ])('%s', (_, value, expected) => {
    expect(isUsualObservation(value)).toBe(expected);
  });

  it('that is as usual is what the schema would give back, whatever is in it', () => {
    const odd = fc.oneof(
      fc.constantFrom<unknown>(
        -1,
        0,
        1,
        15,
        16,
        1.5,
        Number.NaN,
        2 ** 53,
        '',
        'x',
        true,
        null,
        [],
        {},
        [1.5],
        [1, '2'],
        ...OutcomeKind.options,
      ),
      fc.anything(),
    );
    const names = [...Object.keys(usual), 'originalStatus', 'firstTokensMs', 'later', '__proto__'];
    const changes = fc.array(fc.tuple(fc.constantFrom(...names), odd), { maxLength: 2 });
    fc.assert(
      fc.property(changes, fc.option(fc.constantFrom(...(Object.keys(usual) as (keyof typeof usual)[]))), (changed, dropped) => {
        const made: unknown = JSON.parse(JSON.stringify({ ...(dropped ? without(dropped) : usual), ...Object.fromEntries(changed) }));
        const parsed = ObservedAttempts.safeParse(made);
        if (isUsualObservation(made)) expect(parsed).toEqual({ success: true, data: made });
        // And it is no stricter than the schema on what has known fields only.
        else if (parsed.success) expect(parsed.data).not.toEqual(made);
      }),
      { numRuns: 1_000 },
    );
  });
});
