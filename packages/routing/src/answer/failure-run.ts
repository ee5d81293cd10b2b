/** A failure that counts against a target, in the words of `HealthClass`. Times in milliseconds since the epoch. */
export type Failure = { request: string; tenant: string; startedAt: number; kind: 'fault' | 'ambiguous' | 'slow'; isWitnessed: boolean };

/** What a run of failures calls for: the target taken out for everybody, or for one tenant. */
export type Verdict = { cause: 'faulting' | 'slow'; tenant: string | undefined };

/** One failure is no evidence: it comes with every target now and then. */
const MIN_REQUESTS = 2;
/** So many requests of one tenant that meet nothing but silence are hardly all poison; if they are, their tenant alone waits for seconds. */
const MIN_SILENT_REQUESTS = 5;
/** A slow answer is an answer; four in a row weigh like two failures. */
const WEIGHT = { fault: 1, ambiguous: 1, slow: 0.5 } as const;

/**
 * Judges the failures of a target since it last answered.
 * - Failures of two tenants take it out for everybody, whatever they are: one tenant's poison is not enough.
 * - Faults of two requests of one tenant do too; but for that tenant alone when the target answered others lately.
 * - Failures that may be the request's own doing need a witness where one tenant is all there is, and the request itself is one: two requests
 *   that failed here and were answered elsewhere were not poison. They take the target out for their tenant alone.
 */
export function judgeRun(run: readonly Failure[], answeredOthersThan: (tenant: string) => boolean): Verdict | undefined {
  const tenants = tenantsOf(run);
  if (tenants.length >= 2 && weigh(run) >= MIN_REQUESTS) {
    return { cause: run.every(({ kind }) => kind === 'slow') ? 'slow' : 'faulting', tenant: undefined };
  }
  const faults = run.filter(({ kind }) => kind === 'fault');
  if (countRequests(faults) >= MIN_REQUESTS) {
    const [{ tenant }] = faults as [Failure];
    return { cause: 'faulting', tenant: answeredOthersThan(tenant) ? tenant : undefined };
  }
  const witnessed = run.filter(({ isWitnessed }) => isWitnessed);
  const tenant = tenants.find((one) => countRequests(witnessed.filter((failure) => failure.tenant === one)) >= MIN_REQUESTS);
  return tenant === undefined ? undefined : { cause: 'faulting', tenant };
}

/**
 * Judges the silence of a target towards one tenant, where no witness can be had because nobody answers anywhere: five requests in a row that
 * failed ambiguously take it out for that tenant. A row ends at a call that is still under way, for it may be answered yet.
 * @param silent failures of calls that began after every call that was answered
 * @param underWay when the calls began that are not over
 */
export function judgeSilence(silent: readonly Failure[], underWay: readonly number[]): Verdict | undefined {
  const ambiguous = silent.filter(({ kind }) => kind === 'ambiguous');
  const tenant = tenantsOf(ambiguous).find((one) => {
    const ofTenant = ambiguous.filter((failure) => failure.tenant === one);
    return rowsOf(ofTenant, underWay).some((row) => countRequests(row) >= MIN_SILENT_REQUESTS);
  });
  return tenant === undefined ? undefined : { cause: 'faulting', tenant };
}

/** Failures with no call under way between their begins. One that began together with such a call may have come after it, and is in no row. */
function rowsOf(failures: readonly Failure[], underWay: readonly number[]): Failure[][] {
  const certain = failures.filter(({ startedAt }) => !underWay.includes(startedAt));
  return [...Map.groupBy(certain, ({ startedAt }) => underWay.filter((begunAt) => begunAt < startedAt).length).values()];
}

/** Each request weighs once, by the heaviest of its failures. */
function weigh(run: readonly Failure[]): number {
  const weights = new Map<string, number>();
  for (const { request, kind } of run) weights.set(request, Math.max(weights.get(request) ?? 0, WEIGHT[kind]));
  return [...weights.values()].reduce((sum, weight) => sum + weight, 0);
}

function countRequests(failures: readonly Failure[]): number {
  return new Set(failures.map(({ request }) => request)).size;
}

function tenantsOf(failures: readonly Failure[]): string[] {
  return [...new Set(failures.map(({ tenant }) => tenant))];
}
