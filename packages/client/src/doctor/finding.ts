export type FindingStatus = 'ok' | 'warn' | 'fail' | 'skipped';

/** What a check found, and what to do about it. */
export type Finding = { status: FindingStatus; found: string; advice?: string };

/** One check of the doctor, with what it found. */
export type CheckResult = { check: string; findings: Finding[] };

/** Skips what rests on something that is not there. */
export function skipped(found: string): Finding {
  return { status: 'skipped', found };
}
