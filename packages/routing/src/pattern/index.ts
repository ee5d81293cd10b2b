export type { Condition, ConditionShape, Limit } from './condition.ts';
export { type Alternative, compileEventPattern, EventPatternError, type Leaf, readEventPattern } from './event-pattern.ts';
