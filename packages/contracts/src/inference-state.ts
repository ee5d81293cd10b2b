import * as z from 'zod/mini';

/** Where an inference stands. The last four are terminal. */
export const InferenceStatus = z.enum(['accepting', 'accepted', 'running', 'succeeded', 'failed', 'expired', 'rejected']);
export type InferenceStatus = z.infer<typeof InferenceStatus>;

/** Why a failed inference failed. `cancelled`: its producer did not want it any more. `unavailable` and `abandoned` belong to the sync lane. */
export const FailureReason = z.enum([
  'invalid',
  'refused',
  'too-long',
  'quarantined',
  'dead-lettered',
  'cancelled',
  'unavailable',
  'abandoned',
]);
export type FailureReason = z.infer<typeof FailureReason>;

/**
 * The one place that says which state may follow which in the life of one inference. From each open one its producer may cancel it, which ends it as
 * `failed`. Erasing an ended one takes its content and leaves its state. A `rejected` one never was accepted: its id may be taken by
 * another, whose life then begins anew (docs/decisions).
 */
export const TRANSITIONS = {
  accepting: ['accepted', 'running', 'rejected', 'failed', 'expired'],
  accepted: ['running', 'rejected', 'failed', 'expired'],
  running: ['running', 'succeeded', 'failed', 'expired', 'rejected'],
  succeeded: [],
  failed: [],
  expired: [],
  rejected: [],
} as const satisfies Record<InferenceStatus, readonly InferenceStatus[]>;

export type TerminalStatus = Extract<InferenceStatus, 'succeeded' | 'failed' | 'expired' | 'rejected'>;

/** True when nothing may change any more. */
export function isTerminal(status: InferenceStatus): status is TerminalStatus {
  return TRANSITIONS[status].length === 0;
}

/** True when `to` may follow `from`. */
export function canMove(from: InferenceStatus, to: InferenceStatus): boolean {
  return (TRANSITIONS[from] as readonly InferenceStatus[]).includes(to);
}
