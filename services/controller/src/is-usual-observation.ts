import { OBSERVATION_BUCKET_MS, type ObservedAttempts, OutcomeKind, TENANT_SLOTS, WITNESS_SLOTS } from '@signalbox/contracts';

const OUTCOMES: ReadonlySet<unknown> = new Set(OutcomeKind.options);
const MAX_LATENCIES = 100;

type Check = (field: unknown) => boolean;
const isText: Check = (field) => typeof field === 'string';
const isInteger: Check = Number.isSafeInteger;
const areIntegers: Check = (field) => Array.isArray(field) && field.length <= MAX_LATENCIES && field.every(isInteger);

const isNatural: Check = (field) => isInteger(field) && (field as number) >= 0;
const SECONDS = OBSERVATION_BUCKET_MS / 1_000;
const areSeconds: Check = (field) => Array.isArray(field) && field.length === SECONDS && field.every(isNatural);
const isWitness: Check = (field) => isNatural(field) && (field as number) < WITNESS_SLOTS;
const areWitnesses: Check = (field) => Array.isArray(field) && field.length <= WITNESS_SLOTS && field.every(isWitness);

const REQUIRED: Readonly<Record<string, Check>> = {
  target: isText,
  definition: isText,
  route: isText,
  bucketStart: isInteger,
  outcome: (field) => OUTCOMES.has(field),
  slow: (field) => typeof field === 'boolean',
  tenantSlot: (field) => isInteger(field) && (field as number) >= 0 && (field as number) < TENANT_SLOTS,
  count: (field) => isInteger(field) && (field as number) >= 1,
  latenciesMs: areIntegers,
};
const OPTIONAL: Readonly<Record<string, Check>> = {
  originalStatus: isInteger,
  firstTokensMs: areIntegers,
  bySecond: areSeconds,
  witnesses: areWitnesses,
};
const CHECKS = new Map(Object.entries({ ...REQUIRED, ...OPTIONAL }));
const REQUIRED_NAMES = Object.keys(REQUIRED);

/**
 * True for an observation with the fields that we know and nothing wrong in them: the schema would give it back as it is. False says nothing;
 * then the schema decides. Every observation of the whole fleet comes by here, and the schema's walk takes several times as long.
 */
export function isUsualObservation(value: unknown): value is ObservedAttempts {
  if (typeof value !== 'object' || value === null) return false;
  for (const name in value) {
    const isValid = CHECKS.get(name);
    if (!isValid?.((value as Record<string, unknown>)[name])) return false;
  }
  return REQUIRED_NAMES.every((name) => Object.hasOwn(value, name));
}
