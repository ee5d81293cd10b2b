import { bedrockCaller } from './bedrock-caller.ts';

/** ConverseStream through `createModelCaller`. */
export const { prepare, run } = bedrockCaller({ totalMs: 30_000, firstTokenMs: 10_000, idleMs: 10_000 });
