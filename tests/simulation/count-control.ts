/** The controller's own metrics, by the names that a run tells them under. */
const NAMES = {
  HealthJudgements: 'judgements',
  ProbesMade: 'probes',
  LateAttempts: 'late',
  AheadAttempts: 'ahead',
  UnknownTargetAttempts: 'unknown',
  RepeatedEvents: 'repeated',
} as const;

/** Adds up what the controller counts of itself. */
export function countControl() {
  const counts = { judgements: 0, failedJudgements: 0, probes: 0, late: 0, ahead: 0, unknown: 0, repeated: 0 };
  return {
    counts,
    count(metrics: ReadonlyMap<string, number>): void {
      for (const [metric, name] of Object.entries(NAMES)) counts[name] += metrics.get(metric) ?? 0;
    },
  };
}
