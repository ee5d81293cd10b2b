import * as z from 'zod/mini';

/** What a person decided of a target. It holds for the target by its name, also when it is redefined. */
export const ManualHold = z.object({
  target: z.string(),
  /** 0 ejects or drains, 1 restores. */
  share: z.number().check(z.gte(0), z.lte(1)),
  author: z.string(),
  reason: z.string().check(z.minLength(1)),
  /** Milliseconds since the epoch; from `until` on it is over. */
  since: z.int(),
  until: z.int(),
});
export type ManualHold = z.infer<typeof ManualHold>;

/** The holds that are in force, by target; of several on one target the latest. */
export function activeHolds(holds: readonly ManualHold[], now: number): ReadonlyMap<string, ManualHold> {
  const oldestFirst = holds.filter(({ until }) => until > now).sort((one, other) => one.since - other.since);
  return new Map(oldestFirst.map((hold) => [hold.target, hold]));
}
