import type { KnownDifference } from '../kit/report.ts';

/** Where the embedded stack and SAM read a template otherwise and we leave it so. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [];
