import fc from 'fast-check';

/**
 * The seed of every property test. It is fixed, so that a red run is caused by the change under test and repeats as it was;
 * `FUZZ_SEED=random npm test` looks for new counterexamples, and `FUZZ_SEED=<the seed of a failure>` repeats one.
 */
const FIXED_SEED = 20_261_121;

const { FUZZ_SEED: given = String(FIXED_SEED) } = process.env;
if (given !== 'random') {
  const seed = Number(given);
  if (!Number.isSafeInteger(seed)) throw new Error(`FUZZ_SEED is "${given}"; it has to be a whole number or "random"`);
  fc.configureGlobal({ seed });
}
