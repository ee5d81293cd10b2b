/** The index that lists inferences by the day of their acceptance; sparse, see `listedUpdate` and `endUpdate`. */
export const LISTED_INDEX = 'listed-by-day';

/** The UTC day of a time, `2026-09-21`. */
export function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

/** Hash key of the index: a tenant's inferences of one day. */
export function listedKey(tenant: string, day: string): string {
  return `${tenant}#${day}`;
}

type Labelled = { tenant: string; acceptedAt: number; labels?: Record<string, string>; isNew: boolean };

/**
 * The clause of an open request: with labels it is listed, without it is not, because each write to the index costs as much as one to the table.
 * A claim that is not a new life leaves the day of the acceptance, which may be the one before.
 */
export function listedUpdate({ tenant, acceptedAt, labels, isNew }: Labelled) {
  if (Object.keys(labels ?? {}).length === 0) return { set: '', remove: ', listed', values: {} };
  return {
    set: isNew ? ', listed = :listed' : ', listed = if_not_exists(listed, :listed)',
    remove: '',
    values: { ':listed': { S: listedKey(tenant, dayOf(acceptedAt)) } },
  };
}
