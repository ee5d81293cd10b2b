export type { Log, LogLine } from './service.ts';
export { type Stack, type StackOptions, startStack } from './stack/stack.ts';
