import type { KnownDifference } from '../kit/report.ts';

/** Where awscli gets from the embedded stack what it would not get from AWS, and we leave it so. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [];
