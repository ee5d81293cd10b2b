import * as z from 'zod/mini';
import { OutcomeKind } from '../outcome.ts';
import { eventOf } from './event.ts';

/** Attempts are counted by their start in buckets of this length, in milliseconds. */
export const OBSERVATION_BUCKET_MS = 10_000;
/** Tenants are told apart by a hash slot, so that the worst can be left out of account and no event names one. */
export const TENANT_SLOTS = 16;
/** Requests are told apart by a hash slot, so that a report that is counted twice makes no second witness, and no event names one. */
export const WITNESS_SLOTS = 32;

const seconds = OBSERVATION_BUCKET_MS / 1_000;

/** Attempts of one sandbox on one target that began in the same 10 s and came to the same thing for the same tenant slot. */
export const ObservedAttempts = z.object({
  target: z.string(),
  /** The target's definition hash. */
  definition: z.string(),
  route: z.string(),
  /** Start of the 10 s bucket of attempt starts, milliseconds since the epoch. */
  bucketStart: z.int(),
  outcome: OutcomeKind,
  slow: z.boolean(),
  originalStatus: z.optional(z.int()),
  /** Hash slot of the tenant, 0..15. */
  tenantSlot: z.int().check(z.gte(0), z.lte(TENANT_SLOTS - 1)),
  count: z.int().check(z.gte(1)),
  /** Milliseconds per attempt, at most 100; the rest is in `count` alone. */
  latenciesMs: z.array(z.int()).check(z.maxLength(100)),
  firstTokensMs: z.optional(z.array(z.int()).check(z.maxLength(100))),
  /** The same attempts by the second of the bucket in which they began: ten counts. Absent from workers that do not tell it. */
  bySecond: z.optional(z.array(z.int().check(z.gte(0))).check(z.length(seconds))),
  /** Of attempts that failed or were slow: the hash slots of their requests, 0..31, each once. Absent from workers that do not tell it. */
  witnesses: z.optional(z.array(z.int().check(z.gte(0), z.lte(WITNESS_SLOTS - 1))).check(z.maxLength(WITNESS_SLOTS))),
});
export type ObservedAttempts = z.infer<typeof ObservedAttempts>;

/** What a sandbox saw of its targets, aggregated; the food of the controller. */
export const AttemptsObserved = eventOf(
  z.object({
    sandbox: z.string(),
    stage: z.string(),
    tableVersion: z.string(),
    observations: z.array(ObservedAttempts).check(z.minLength(1)),
  }),
);
export type AttemptsObserved = z.infer<typeof AttemptsObserved>;
