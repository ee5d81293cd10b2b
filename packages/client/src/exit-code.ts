/** What the process ends with, for scripts. */
export const EXIT_CODE = {
  ok: 0,
  /** It was tried and failed, or what was looked at has problems. */
  failed: 1,
  /** It cannot be done as asked: an unknown option, a file that is not there. */
  usage: 2,
  /** The request still waits. */
  waiting: 3,
  /** Ended by Ctrl-C, in good order. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT_CODE)[keyof typeof EXIT_CODE];
