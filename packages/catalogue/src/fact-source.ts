import * as z from 'zod/mini';

/** A day of the calendar. */
export const FactDay = z.iso.date({ error: 'must be a date in the form YYYY-MM-DD' });

/** A day, or a month where no day is known. */
export const FactDate = z
  .string()
  .check(z.regex(/^\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?$/, { error: 'must be a date in the form YYYY-MM-DD or YYYY-MM' }));

/** Where a figure is from. */
export const FactSource = z.strictObject({
  /** In words that a reader can look up, such as `AWS model cards`. */
  name: z.string().check(z.minLength(1)),
  /** When it said so; null when that is not known. */
  date: z.nullable(FactDate),
  note: z.optional(z.string()),
});
export type FactSource = z.infer<typeof FactSource>;

/** `AWS model cards, 2026-10-09 (…)`, for sentences. */
export function describeSource({ name, date, note }: FactSource): string {
  return `${name}${date === null ? '' : `, ${date}`}${note === undefined ? '' : ` (${note})`}`;
}
