/** The events that rates, latencies and last reasons are made of. */
export const TOP_EVENT_TYPES: readonly string[] = [
  'AttemptsObserved',
  ...['InferenceCompleted', 'InferenceFailed', 'InferenceExpired', 'InferenceRejected', 'InferenceDeferred'],
  ...['TargetEjected', 'TargetDegraded', 'TargetProbing', 'TargetRestored', 'TargetThrottled'],
  ...['RoutingTableReleased', 'RoutingTableRolledBack'],
];
