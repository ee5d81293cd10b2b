export type ValueTest = (value: unknown) => boolean;

/**
 * The values that pass a condition, for those who index patterns: exactly these, but for `within-prefix` and `same-letters`, which some
 * others share, and for `any`, which says nothing. `same-letters`: those that are equal in lower case.
 */
export type ConditionShape =
  | { kind: 'value'; value: unknown }
  | { kind: 'prefix' | 'suffix' | 'within-prefix' | 'same-letters'; text: string }
  | { kind: 'anything-but'; values: ReadonlySet<unknown> }
  | { kind: 'range'; from: Limit; to: Limit }
  | { kind: 'present' | 'absent' | 'any' };

/** One end of a range of numbers; infinite where there is none. */
export type Limit = { value: number; isIncluded: boolean };

/** What one condition asks: that a value passes `test`, or that there is none. */
export type Condition = { shape: ConditionShape; test?: ValueTest; absent?: true };

/** Where in a pattern something stands. */
export type Path = readonly (string | number)[];
export type TextTest = (text: string) => boolean;
