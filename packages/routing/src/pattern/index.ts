export { compileEventPattern, EventPatternError } from './event-pattern.ts';
