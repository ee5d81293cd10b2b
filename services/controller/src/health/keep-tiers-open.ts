import type { Route } from '@signalbox/contracts';
import type { TargetHealth } from './target-health.ts';

/** A target as health would have it: its share, and whether a person holds it. */
export type TierMember = { id: string; share: number; isHeld: boolean; health: TargetHealth };

/** A tier of a route that would have nobody, and who keeps a trickle for it. Fallbacks are the tier after the last. */
export type ClosedTier = { route: string; tier: number; kept: string };

/**
 * The tiers of which health would take every target, with the one that is likeliest to return: that one is never closed altogether. A
 * tier that persons have closed stays closed.
 */
export function findClosedTiers(routes: readonly Route[], members: ReadonlyMap<string, TierMember>): ClosedTier[] {
  const kept = new Set<string>();
  return routes.flatMap((route) =>
    tiersOf(route).flatMap((ids, tier) => {
      const all = ids.map((id) => members.get(id)).filter((member) => member !== undefined);
      const measured = all.filter(({ isHeld }) => !isHeld);
      if (measured.length === 0 || all.some(({ share }) => share > 0)) return [];
      const nearest = measured.find(({ id }) => kept.has(id)) ?? measured.reduce((best, one) => (isNearer(one, best) ? one : best));
      kept.add(nearest.id);
      return [{ route: route.name, tier, kept: nearest.id }];
    }),
  );
}

function tiersOf({ candidates, fallbacks }: Route): string[][] {
  const byTier = Map.groupBy(candidates, ({ tier = 0 }) => tier);
  const inOrder = [...byTier].sort(([one], [other]) => one - other).map(([, places]) => places.map(({ target }) => target));
  return [...inOrder, fallbacks];
}

/** What is down may come back by itself; what is called wrongly waits for people. Then who was out first, so that it stays the same one. */
function isNearer({ health: one }: TierMember, { health: other }: TierMember): boolean {
  return rank(one) < rank(other);
}

function rank({ circuit }: TargetHealth): number {
  return circuit.kind === 'misconfigured' ? Number.POSITIVE_INFINITY : circuit.since;
}
