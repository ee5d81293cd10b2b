import { setTimeout as sleep } from 'node:timers/promises';
import {
  getDeployment,
  isInFlight,
  isOfProfile,
  listDeployments,
  rollbackCause,
  tableVersionOf,
  toEvents,
  toState,
} from './deployments.ts';
import { readVersion } from './hosted-versions.ts';
import { pruneVersions } from './prune-versions.ts';
import { ReleaseError } from './release-error.ts';
import { writeCopy } from './table-copy.ts';
import { tableInForce } from './table-in-force.ts';
import type { Installation, ReleaseEvent, ReleaseOutcome, ReleaseProgress } from './types.ts';

export type FollowOptions = {
  /** AppConfig's deployment number; without it the one under way, else the latest. */
  number?: number;
  onProgress?: (progress: ReleaseProgress) => void;
  /** Ends the following, never the release. */
  signal?: AbortSignal;
};

const POLL_MS = 1_000;

/** Watches a release to its end, then sets the copy in S3 and deletes old versions. */
export async function followRelease(installation: Installation, options: FollowOptions = {}): Promise<ReleaseOutcome> {
  const number = options.number ?? (await latestNumber(installation));
  const seen = { events: 0 };
  for (;;) {
    const deployment = await getDeployment(installation, number);
    const { State, PercentageComplete: percentage = 0, VersionLabel, ConfigurationVersion } = deployment;
    const tableVersion = tableVersionOf(VersionLabel);
    const events = toEvents(deployment);
    options.onProgress?.({ number, tableVersion, state: toState(State), percentage, events: events.slice(seen.events) });
    seen.events = events.length;
    const known = tableVersion ?? `version ${ConfigurationVersion}`;
    if (!isInFlight(deployment)) return end(installation, { number, tableVersion: known, state: State, events });
    if (!(await pause(options.signal))) {
      return { kind: 'under-way', number, tableVersion: known, state: toState(State), percentage, notes: [howToGoOn(number)] };
    }
  }
}

/** What to tell somebody who leaves a release alone. */
export function howToGoOn(number: number): string {
  return `Release ${number} goes on without this command. "signalbox policy history" shows how far it is, "signalbox policy rollback" ends it.`;
}

type End = { number: number; tableVersion: string; state: string | undefined; events: readonly ReleaseEvent[] };

async function end(installation: Installation, { number, tableVersion, state, events }: End): Promise<ReleaseOutcome> {
  const inForce = await tableInForce(installation);
  const content = inForce && (await readVersion(installation, inForce.hostedVersion));
  const notes = content === undefined ? [] : await writeCopy(installation, content);
  if (state !== 'COMPLETE') {
    return { kind: 'rolled-back', number, tableVersion, inForce: inForce?.tableVersion, because: rollbackCause(events), notes };
  }
  notes.push(...(await pruneVersions(installation, Date.now())));
  const previous = await tableInForce(installation, { before: number });
  return { kind: 'released', number, tableVersion, previousTableVersion: previous?.tableVersion, notes };
}

async function latestNumber(installation: Installation): Promise<number> {
  const deployments = (await listDeployments(installation)).filter(isOfProfile(installation));
  const found = deployments.find(isInFlight) ?? deployments[0];
  if (found?.DeploymentNumber !== undefined) return found.DeploymentNumber;
  throw new ReleaseError({ kind: 'not-found', message: `No routing table was ever released to ${installation.name}.` });
}

/** False when the caller has seen enough. */
async function pause(signal: AbortSignal | undefined): Promise<boolean> {
  if (signal?.aborted) return false;
  try {
    await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal });
    return true;
  } catch (error) {
    if (signal?.aborted) return false;
    throw error;
  }
}
