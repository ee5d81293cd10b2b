/**
 * What a matcher says of a pair. `apart`: what event-ruler says when each way in which the pattern can match has a machine of its own,
 * where that is not the same. `broken` is an error while matching, which nobody may have.
 */
export type Verdict = { kind: 'matches' | 'differs'; apart?: string } | { kind: 'refused' | 'broken'; reason: string };
