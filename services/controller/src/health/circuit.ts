import * as z from 'zod/mini';

const time = z.int();
const share = z.number().check(z.gte(0), z.lte(1));
/** When it became so, milliseconds since the epoch, and why, in words for an operator. */
const stated = { since: time, reason: z.string().check(z.maxLength(80)) };

/** What a recovery has come to; every time in milliseconds since the epoch. */
export const Recovery = z.looseObject({
  /** Which execution runs it, from 1; the next one is started when it falls silent. */
  run: z.int(),
  /** The last sign of life of that execution. */
  heardAt: time,
  /** Not probed before. */
  until: time,
  /** Probes in a row that passed, and that failed. */
  passes: z.int(),
  failures: z.int(),
});

export const Closed = z.looseObject({ kind: z.literal('closed'), ...stated });
export const Degraded = z.looseObject({ kind: z.literal('degraded'), ...stated, share, changedAt: time });
export const Open = z.looseObject({ kind: z.literal('open'), ...stated, cause: z.enum(['faulting', 'not-ready']), recovery: Recovery });
export const HalfOpen = z.looseObject({
  kind: z.literal('half-open'),
  ...stated,
  step: z.int().check(z.gte(1), z.lte(2)),
  stepSince: time,
});
export const Misconfigured = z.looseObject({ kind: z.literal('misconfigured'), ...stated, recovery: Recovery });

/** The states of a target. Fields of a later version stay where they are, but those of a state end with it. */
export const Circuit = z.discriminatedUnion('kind', [Closed, Degraded, Open, HalfOpen, Misconfigured]);

/** Without the index signature of a loose object, under which every misspelt field would be `unknown`. */
export type Known<Loose> = Loose extends object
  ? { [Name in keyof Loose as string extends Name ? never : Name]: Loose[Name] extends object ? Known<Loose[Name]> : Loose[Name] }
  : Loose;

export type Recovery = Known<z.infer<typeof Recovery>>;
export type Closed = Known<z.infer<typeof Closed>>;
export type Degraded = Known<z.infer<typeof Degraded>>;
export type Open = Known<z.infer<typeof Open>>;
export type HalfOpen = Known<z.infer<typeof HalfOpen>>;
export type Misconfigured = Known<z.infer<typeof Misconfigured>>;
/**
 * - `closed`: gets all its traffic; `degraded`: a part, by how well it does;
 * - `open`: none but probes; `half-open`: a first part after them;
 * - `misconfigured`: none, because we call it wrongly: no verdict on its health.
 */
export type Circuit = Closed | Degraded | Open | HalfOpen | Misconfigured;
