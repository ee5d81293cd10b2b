/** One of a group: it enters with the probability `share`, and those who entered are drawn by weight. */
export type Contender = { weight: number; share: number };

/** Up to so many others that may or may not enter, every combination is gone through: 4,096 of them, some 20 µs. */
const MAX_ENUMERATED = 12;

/** How likely one of a group enters and is drawn before the others of it that enter. */
export function oddsInGroup(own: Contender, group: readonly Contender[]): number {
  const others = group.filter((one) => one !== own);
  const undecided = others.filter(({ share }) => share > 0 && share < 1);
  const certain = others.reduce((sum, { weight, share }) => (share >= 1 ? sum + weight : sum), own.weight);
  const drawn = undecided.length > MAX_ENUMERATED ? byIntegral(own, others) : own.weight * meanInverse(undecided, 0, certain);
  return own.share * drawn;
}

/** The mean of 1 / total weight over who enters, from an index on. */
function meanInverse(undecided: readonly Contender[], index: number, total: number): number {
  const next = undecided[index];
  if (!next) return 1 / total;
  const entering = next.share * meanInverse(undecided, index + 1, total + next.weight);
  return entering + (1 - next.share) * meanInverse(undecided, index + 1, total);
}

const STEP = 1 / 16;
const REACH = 4;

/**
 * The same in time linear in the group. A draw by weight is a race of exponential clocks: own wins at clock time t when nobody who
 * entered rang before, so the odds are the integral over u = exp(-own weight × t), 0 to 1, of the product of 1 - share + share × u^(weight / own weight).
 * Integrated by the tanh-sinh rule (Takahasi and Mori, 1974), which does not mind the bends at both ends; good to nine digits.
 */
export function byIntegral(own: Contender, others: readonly Contender[]): number {
  let sum = 0;
  for (let at = -REACH; at <= REACH; at += STEP) {
    const x = Math.PI * Math.sinh(at);
    const logU = -Math.log1p(Math.exp(-x));
    const slope = (Math.PI * Math.cosh(at)) / (2 + Math.exp(x) + Math.exp(-x));
    let product = 1;
    for (const { weight, share } of others) product *= 1 - share + share * Math.exp((logU * weight) / own.weight);
    sum += slope * product;
  }
  return sum * STEP;
}
