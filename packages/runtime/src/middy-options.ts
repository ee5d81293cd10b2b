/**
 * middy would reject 5 ms before the timeout, and Lambda would then keep the sandbox with everything that still runs in it: timers that hold
 * messages, half-done records. At the real timeout Lambda ends the process, and the messages come back.
 */
export const MIDDY_OPTIONS = { timeoutEarlyInMillis: 0 } as const;
