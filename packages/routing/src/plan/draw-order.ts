import type { PlannedTarget } from './planned-target.ts';
import { type PreparedTarget, placeTarget } from './prepare-route.ts';

/**
 * Draws candidates one after another by weight, none twice. The probability of each place is that of its draw among those still
 * left, so the one of the first place is exact and unconditional.
 */
export function drawOrder(candidates: readonly PreparedTarget[], random: () => number): PlannedTarget[] {
  const left = [...candidates];
  let total = left.reduce((sum, { weight }) => sum + weight, 0);
  const order: PlannedTarget[] = [];
  while (left.length > 0) {
    const index = left.length === 1 ? 0 : drawIndex(left, random() * total);
    const [drawn] = left.splice(index, 1) as [PreparedTarget];
    // The last one is certain; said outright, because the sum of what is left is not exact.
    const probability = left.length === 0 ? 1 : Math.min(1, drawn.weight / total);
    order.push(placeTarget(drawn, order.length, probability));
    total = left.reduce((sum, { weight }) => sum + weight, 0);
  }
  return order;
}

function drawIndex(targets: readonly PreparedTarget[], point: number): number {
  let upTo = 0;
  for (const [index, { weight }] of targets.entries()) {
    upTo += weight;
    if (point < upTo) return index;
  }
  return targets.length - 1;
}
