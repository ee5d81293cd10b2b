import * as z from 'zod/mini';
import { TargetHealth } from './target-health.ts';

/** What is kept of all targets, by `<target id>@<definition>`. */
export type FleetHealth = { targets: Readonly<Record<string, TargetHealth>> };

export type RestoredFleet = {
  fleet: FleetHealth;
  /** What could not be read, and so starts anew. */
  problems: string[];
};

const Saved = z.looseObject({ targets: z.record(z.string(), z.unknown()) });

/** The text under which all states are kept in one item. */
export function saveFleet(fleet: FleetHealth): string {
  return JSON.stringify(fleet);
}

/**
 * Reads what `saveFleet` wrote, here or in a version before or after this one, whose fields are kept. A target whose state cannot be read
 * starts anew, as a well one: a broken item must not take the fleet's targets away.
 */
export function restoreFleet(text: string | undefined): RestoredFleet {
  if (text === undefined) return { fleet: { targets: {} }, problems: [] };
  const saved = Saved.safeParse(parseJson(text));
  if (!saved.success) return { fleet: { targets: {} }, problems: ['the saved health of the fleet could not be read'] };
  const problems: string[] = [];
  const targets: [string, TargetHealth][] = [];
  for (const [key, value] of Object.entries(saved.data.targets)) {
    const target = TargetHealth.safeParse(value);
    if (target.success) targets.push([key, target.data as TargetHealth]);
    else problems.push(`the saved health of ${key} could not be read`);
  }
  return { fleet: { ...saved.data, targets: Object.fromEntries(targets) }, problems };
}

/** Undefined for a text that is no JSON, which no schema takes. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
