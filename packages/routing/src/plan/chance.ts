import type { RequestFeatures } from '../features/request-features.ts';
import { hashText, joinHashes, toUnit } from './hash-text.ts';
import type { PreparedTarget } from './prepare-target.ts';

/** Where a plan's choices come from: a draw, or for a sticky request hashes, which choose the same for the same key every time. */
export type Chance = {
  /** 0 to 1: below its share, a target enters. */
  ofEntering: (prepared: PreparedTarget) => number;
  /** 0 to 1: where it falls among the loads is the tier that is asked first. */
  ofTier: () => number;
  /** Puts targets in an order, each as likely to be the next as its weight is among those left. */
  shuffle: (group: readonly PreparedTarget[]) => PreparedTarget[];
};

/** Choices of a request that sticks to nothing. */
export function drawBy(random: () => number): Chance {
  return { ofEntering: () => random(), ofTier: random, shuffle: (group) => drawByWeight(group, random) };
}

// Arbitrary, and different from each other, so that the three choices of one key are independent.
const SALT = { entering: 0x2545f491, tier: 0x5bd1e995 };

/**
 * Choices by weighted rendezvous hashing (Thaler and Ravishankar, "Using name-based mappings to increase hit rates", 1998; weighted as in
 * Schindelhauer and Schomaker, "Weighted distributed hash tables", 2005): each target gets its own number -ln(u) / weight from the key and
 * its id, and the smallest is first. A target that leaves changes nothing between the others, so only its own requests move.
 */
export function stickTo(key: string): Chance {
  const keyHash = hashText(key);
  const clock = ({ hash, weight }: PreparedTarget) => -Math.log(toUnit(joinHashes(keyHash, hash))) / weight;
  return {
    ofEntering: ({ hash }) => toUnit(joinHashes(keyHash ^ SALT.entering, hash)),
    ofTier: () => toUnit(joinHashes(keyHash, SALT.tier)),
    shuffle: (group) => sortByNumber(group, clock),
  };
}

/** The value by which requests of a route stick together; undefined when the route has no such rule, or the request no such value. */
export function stickyKeyOf(stickyBy: string | undefined, request: RequestFeatures): string | undefined {
  if (stickyBy === undefined) return undefined;
  if (stickyBy === 'sessionId' || stickyBy === 'tenant') return request[stickyBy];
  const label = stickyBy.slice('labels.'.length);
  return Object.hasOwn(request.labels, label) ? request.labels[label] : undefined;
}

/** Successive draws without putting back, in place on one copy. */
function drawByWeight(group: readonly PreparedTarget[], random: () => number): PreparedTarget[] {
  const order = group.slice();
  let left = 0;
  for (const { weight } of order) left += weight;
  for (let place = 0; place < order.length - 1; place++) {
    const drawn = findPoint(order, place, random() * left);
    const next = order[drawn] as PreparedTarget;
    order[drawn] = order[place] as PreparedTarget;
    order[place] = next;
    left -= next.weight;
  }
  return order;
}

/** The place, from a first one on, at which the running sum of weights passes a point. */
function findPoint(order: readonly PreparedTarget[], from: number, point: number): number {
  let upTo = 0;
  for (let index = from; index < order.length; index++) {
    upTo += (order[index] as PreparedTarget).weight;
    if (point < upTo) return index;
  }
  return order.length - 1;
}

function sortByNumber(group: readonly PreparedTarget[], numberOf: (prepared: PreparedTarget) => number): PreparedTarget[] {
  if (group.length === 1) return [...group];
  const numbered = group.map((prepared) => ({ prepared, number: numberOf(prepared) }));
  return numbered.sort((one, other) => one.number - other.number).map(({ prepared }) => prepared);
}
