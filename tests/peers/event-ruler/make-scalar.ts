import { pick, type Random } from './chance.ts';
import { ADDRESSES, NO_DOUBLES, NUMBERS, Spelt, TEXTS } from './vocabulary.ts';

export function makeScalar(random: Random): unknown {
  const draw = random();
  if (draw < 0.45) return pick(random, TEXTS);
  if (draw < 0.75) return makeNumber(random);
  if (draw < 0.85) return pick(random, ADDRESSES);
  return pick(random, [true, false, null]);
}

export function makeNumber(random: Random): Spelt {
  return new Spelt(pick(random, random() < 0.01 ? NO_DOUBLES : NUMBERS));
}
